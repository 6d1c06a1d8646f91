// Images: resources of type IMAGE, whose media type and size are read from their bytes, whatever a
// client says of them, and which have a preview.
#pragma once
#include <optional>
#include <string>

#include "core/resource/resource_export.h"
#include "core/resource/resources.h"

namespace thingstead::core {

/// An image that was looked at: its descriptor and its file.
struct ImageFile {
    json::value descriptor;
    ResourceFile file;
    std::string extension;  ///< "png"
};

/// Looks at the bytes and makes the preview, on the threads for files. Errors: invalid_argument -
/// no image of a known kind, one that is malformed, or too large to be decoded.
Task<Result<ImageFile>> image_file(const Platform& platform, Content bytes);

struct NewImage {
    std::string title{};  ///< Empty: the name of the file.
    std::string file_name{};
    model::ResourceSubType sub_type = model::ResourceSubType::image;
    bool is_public = true;
};

/// Errors: those of image_file() and save_resource().
Task<Result<Saved<model::TbResource>>> create_image(const Platform& platform, Caller caller,
                                                    NewImage image, Content bytes);
/// Replaces the bytes; key and links stay.
Task<Result<Saved<model::TbResource>>> replace_image(const Platform& platform, Caller caller,
                                                     ResourceName name, std::string file_name,
                                                     Content bytes);
Task<Result<Saved<model::TbResource>>> publish_image(const Platform& platform, Caller caller,
                                                     ResourceName name, bool is_public);
/// The image again as it was exported; the same bytes are not stored twice.
Task<Result<Saved<model::TbResource>>> import_image(const Platform& platform, Caller caller,
                                                    model::ResourceExportData data);

}  // namespace thingstead::core
