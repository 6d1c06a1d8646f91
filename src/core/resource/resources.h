// Resources: files of a tenant or of the installation. Images have more to them: core/image.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/resource/files.h"
#include "core/resource/references.h"
#include "core/resource/resource_rules.h"

namespace thingstead::core {

/// New bytes of a resource, with what was computed from them.
struct ResourceFile {
    Content bytes;
    std::string etag;
    Content preview{};  ///< Of images; null: they are their own.
};

/// Takes the ETag of `bytes` on the threads for files.
Task<Result<ResourceFile>> resource_file(const Platform& platform, Content bytes);

/// Creates (null id; needs `file`) or updates a resource and, if it is given, its bytes. The key of
/// a new one is its own or the name of its file, with a number if that is taken; an LWM2M_MODEL has
/// key and title from its definition. Answers with links. Errors: those of save(); invalid_argument
/// - bytes of a type that cannot be replaced, a definition that is none, the limits of the tenant.
Task<Result<Saved<model::TbResource>>> save_resource(const Platform& platform, Caller caller,
                                                     model::TbResource resource,
                                                     std::optional<ResourceFile> file);
/// The same within a transaction of the caller's.
Result<Saved<model::TbResource>> save_resource_in(store::Transaction& transaction,
                                                  const Caller& caller, EpochMs now_ms,
                                                  model::TbResource resource,
                                                  const std::optional<ResourceFile>& file,
                                                  EntityChange& change);

/// What a change of the title, or of the descriptor of a GENERAL resource, leaves of `wanted`.
Task<Result<Saved<model::TbResource>>> save_resource_info(const Platform& platform, Caller caller,
                                                          model::TbResourceId id,
                                                          model::TbResource wanted);

struct ResourceBytes {
    model::TbResource resource;
    /// Null: the caller has them already, or they were not asked for.
    Content bytes{};
};

/// How a resource is named by a caller: by its id, its place, or the key that makes it public.
struct ResourceName {
    std::optional<model::TbResourceId> id{};
    model::ResourceType type = model::ResourceType::image;
    bool system = false;
    std::string key{};
    bool is_public = false;  ///< `key` is the public one; no rights are asked for.
};

/// The resource, or `nothing` where it has another type than `type`.
Task<Result<model::TbResource>> find_resource(const Platform& platform, Caller caller,
                                              ResourceName name,
                                              Operation operation = Operation::read);
/// With its bytes, or its preview's, unless `known_etag` is theirs. A resource without a preview is
/// its own.
Task<Result<ResourceBytes>> download_resource(const Platform& platform, Caller caller,
                                              ResourceName name, std::string known_etag,
                                              model::FileKind kind = model::FileKind::content);

struct RemovedResource {
    model::TbResource resource;
    bool removed = false;
    References references{};  ///< Who refers to it; then it was not removed.
};

/// Removes the resource, with `force` even if it is referred to.
Task<Result<RemovedResource>> remove_resource(const Platform& platform, Caller caller,
                                              ResourceName name, bool force);

struct ResourceListFilter {
    std::optional<model::ResourceType> type{};  ///< None: all but modules, images and dashboards'.
    std::optional<model::ResourceSubType> sub_type{};
    bool with_system = true;  ///< Beside the tenant's own.
    bool with_tenant = true;
};

/// Errors: forbidden; invalid_argument - the page link.
Task<Result<store::Page<model::TbResource>>> list_resources(const Platform& platform, Caller caller,
                                                            ResourceListFilter filter,
                                                            store::PageLink link);

/// The media type with which the bytes are sent; never one that a page could be made of.
std::string media_type_of(const model::TbResource& resource);

}  // namespace thingstead::core
