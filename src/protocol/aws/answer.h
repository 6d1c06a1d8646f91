// Answers of Amazon's web services that speak the query protocol: small XML documents of which a
// few texts are wanted.
// Source: the API references of SNS (2010-03-31) and SQS (2012-11-05).
#pragma once
#include <string>
#include <string_view>

namespace thingstead::aws {

/// The text of the first element `name`, with its entities resolved; empty: there is none. Elements
/// with attributes or with elements inside are not found.
std::string element_text(std::string_view document, std::string_view name);

}  // namespace thingstead::aws
