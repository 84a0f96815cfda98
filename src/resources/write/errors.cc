// SPDX-License-Identifier: Apache-2.0
#include "resources/write/errors.h"

#include <fmt/format.h>

#include "resources/go/text.h"

namespace skyden::resources::errors {
namespace {

absl::Status Make(absl::StatusCode code, std::string_view title, std::string_view detail) {
  return base::WithTitle(absl::Status(code, std::string(detail)), std::string(title));
}

}  // namespace

absl::Status NotFound(std::string_view title) {
  return Make(absl::StatusCode::kNotFound, title, "Not found");
}

absl::Status Invalid(std::string_view title, const std::vector<base::FieldViolation>& violations) {
  return base::WithViolations(
      Make(absl::StatusCode::kInvalidArgument, title, "Resource is not valid"), violations);
}

absl::Status ReadOnlyType() {
  return Make(absl::StatusCode::kUnimplemented, "Method not allowed",
              "On global control plane you can not modify dataplane resources with 'kumactl apply' "
              "or via the HTTP API. You can still use 'kumactl' or the HTTP API to modify them on "
              "the zone control plane.\n");
}

absl::Status AccessDenied(const model::Principal& who, std::string_view action) {
  const std::string user = fmt::format("{}/{}", who.name, fmt::join(who.groups, ","));
  return Make(absl::StatusCode::kPermissionDenied, "Access Denied",
              fmt::format("user {} cannot access {}", GoQuote(user), action));
}

absl::Status ReadOnly(std::string_view why) {
  return Make(absl::StatusCode::kFailedPrecondition, "Control plane is suspended",
              fmt::format("{}: nothing can be changed until it is resumed", why));
}

absl::Status Conflict(const model::TypeDescriptor& type, const model::ResourceKey& key) {
  return Make(absl::StatusCode::kAborted, "Conflict",
              fmt::format("resource conflict: type={} name={} mesh={}", GoQuote(type.name),
                          GoQuote(key.name), GoQuote(key.mesh)));
}

absl::Status Titled(absl::Status status, std::string_view title) {
  if (status.ok() || !base::TitleOf(status).empty()) return status;
  return base::WithTitle(std::move(status), std::string(title));
}

}  // namespace skyden::resources::errors
