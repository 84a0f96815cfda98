// SPDX-License-Identifier: Apache-2.0
// Both libraries number the canonical codes alike. Everything that goes out travels in trailers,
// and clients refuse trailers over 8 KiB: hence the bounds.
#include "admin/grpc_status.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/telemetry/log.h"

namespace skyden::admin {
namespace {

namespace limits = base::limits;

// At most `bytes_max`, and never half a character.
std::string Cut(std::string_view utf8, size_t bytes_max) {
  if (utf8.size() <= bytes_max) return std::string(utf8);
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(utf8[end]) & 0xc0u) == 0x80u) --end;
  return std::string(utf8.substr(0, end));
}

grpc::Status Internal(const absl::Status& status, std::string_view request_id) {
  telemetry::Log(telemetry::Level::error, "admin call failed",
                 {{"request_id", std::string(request_id)}, {"cause", status.ToString()}});
  return {grpc::StatusCode::INTERNAL, fmt::format("internal error (request {})", request_id)};
}

std::string Details(const absl::Status& status, const std::string& text) {
  const std::vector<base::FieldViolation> violations = base::ViolationsOf(status);
  if (violations.empty()) return {};
  google::rpc::BadRequest bad_request;
  for (const base::FieldViolation& violation : violations) {
    if (static_cast<size_t>(bad_request.field_violations_size()) == limits::kAdminErrorViolations) {
      break;
    }
    auto& out = *bad_request.add_field_violations();
    out.set_field(Cut(violation.field, limits::kAdminErrorFieldBytes));
    out.set_description(Cut(violation.reason, limits::kAdminErrorReasonBytes));
  }
  google::rpc::Status rich;
  rich.set_code(static_cast<int>(status.code()));
  rich.set_message(text);
  rich.add_details()->PackFrom(bad_request);
  return rich.SerializeAsString();
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status, std::string_view request_id) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return grpc::Status::OK;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return Internal(status, request_id);
    default:
      break;
  }
  const std::string text =
      Cut({status.message().data(), status.message().size()}, limits::kAdminErrorTextBytes);
  return {static_cast<grpc::StatusCode>(status.code()), text, Details(status, text)};
}

}  // namespace skyden::admin
