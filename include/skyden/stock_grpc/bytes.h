// SPDX-License-Identifier: Apache-2.0
// Messages of the gRPC library that nobody parses for us.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grpc {
class ByteBuffer;
class Slice;
}  // namespace grpc

namespace skyden::stock_grpc {

// A copy.
grpc::ByteBuffer BufferOf(std::string_view bytes);
// The parts of a message, without a copy unless it came compressed; nullopt when it cannot be read.
std::optional<std::vector<grpc::Slice>> SlicesOf(const grpc::ByteBuffer& buffer);
// A copy, in one piece; nullopt when it cannot be read.
std::optional<std::string> BytesOf(const grpc::ByteBuffer& buffer);

// Valid as long as `slice`.
std::string_view ViewOf(const grpc::Slice& slice);

}  // namespace skyden::stock_grpc
