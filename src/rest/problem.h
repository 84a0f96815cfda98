// SPDX-License-Identifier: Apache-2.0
// Answers of the manager API: JSON, and errors as application/problem+json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "skyden/http/handler.h"

namespace skyden::rest {

struct InvalidParameter {
  std::string field;
  std::string rule;  // "required", "unknown_property", "invalid", ...
  std::string reason;
  std::string source;  // "body", "query", "path"
};

http::Response ManagerJson(int status, std::string_view compact);
// Has every member that clients of such an API require: an `instance` always, `invalid_parameters`
// with every 400. The instance is the request's id and nothing else, so that what is missing and
// what is somebody else's still look alike.
http::Response Problem(int status, std::string_view detail, std::string_view request_id,
                       const std::vector<InvalidParameter>& invalid = {});
// An error of a service.
http::Response Problem(const absl::Status& error, std::string_view request_id);
http::Response WrongMethod(std::string_view allow, std::string_view request_id);

}  // namespace skyden::rest
