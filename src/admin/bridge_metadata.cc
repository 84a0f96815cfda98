// SPDX-License-Identifier: Apache-2.0
#include "admin/bridge_metadata.h"

#include <fmt/format.h>
#include <grpc/grpc.h>
#include <grpcpp/support/slice.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "admin/bridge.h"

namespace skyden::admin {
namespace {

constexpr char kDetails[] = "grpc-status-details-bin";

bool IsBinary(std::string_view name) { return name.ends_with("-bin"); }

// What belongs to one hop only, or is not a client's to say.
bool StaysHere(std::string_view name) {
  return name.empty() || name.front() == ':' || name.starts_with("grpc-") ||
         name.starts_with(kBridgePrefix) || name == "user-agent" || name == "content-type" ||
         name == "te" || name == "host";
}

// The library's own judgement, without a copy.
bool IsLegal(std::string_view text, int (*judge)(grpc_slice)) {
  return judge(grpc_slice_from_static_buffer(text.data(), text.size())) != 0;
}

// gRPC writes it without padding.
std::string Encode(std::string_view bytes) {
  std::string text;
  absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()), &text);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

absl::Status Refused(std::string_view name) {
  return absl::InvalidArgumentError(
      fmt::format("the metadata \"{}\" has characters that gRPC does not allow", name));
}

}  // namespace

absl::StatusOr<Pairs> ToHandlers(const rpc::Metadata& metadata,
                                 const std::vector<std::string>& wanted) {
  Pairs pairs;
  for (const auto& [name, value] : metadata) {
    if (StaysHere(name) || std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    if (!IsLegal(name, grpc_header_key_is_legal)) return Refused("(a name)");
    if (!IsBinary(name)) {
      if (!IsLegal(value, grpc_header_nonbin_value_is_legal)) return Refused(name);
      pairs.emplace_back(name, value);
      continue;
    }
    std::string bytes;
    if (!absl::Base64Unescape(value, &bytes)) return Refused(name);
    pairs.emplace_back(name, std::move(bytes));
  }
  return pairs;
}

rpc::Metadata FromHandlers(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  rpc::Metadata out;
  for (const auto& [name, value] : metadata) {
    const std::string_view key(name.data(), name.size());
    const std::string_view text(value.data(), value.size());
    if (StaysHere(key)) continue;
    out.emplace_back(key, IsBinary(key) ? Encode(text) : std::string(text));
  }
  return out;
}

rpc::Metadata WithDetails(rpc::Metadata trailers, const std::string& details) {
  if (!details.empty()) trailers.emplace_back(kDetails, Encode(details));
  return trailers;
}

}  // namespace skyden::admin
