// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skyden::rpc {

// Bytes that somebody keeps: many messages, of many calls, may be made of the same.
struct Slice {
  std::shared_ptr<const void> owner;  // empty: the bytes live for ever
  std::string_view bytes;

  static Slice Of(std::string bytes);
};
// One gRPC message, to be sent as it is (not compressed).
using Message = std::vector<Slice>;

// Lower-case name, value as sent; a name may come more than once. Names of HTTP/2 and of gRPC's own
// (":path", "te", "content-type", "grpc-...") are not among them.
using Metadata = std::vector<std::pair<std::string, std::string>>;

}  // namespace skyden::rpc
