// SPDX-License-Identifier: Apache-2.0
#include "skyden/stock_grpc/bytes.h"

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

namespace skyden::stock_grpc {

grpc::ByteBuffer BufferOf(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return {&slice, 1};
}

std::optional<std::vector<grpc::Slice>> SlicesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return std::nullopt;
  return slices;
}

std::optional<std::string> BytesOf(const grpc::ByteBuffer& buffer) {
  const auto slices = SlicesOf(buffer);
  if (!slices) return std::nullopt;
  std::string bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : *slices) bytes.append(ViewOf(slice));
  return bytes;
}

std::string_view ViewOf(const grpc::Slice& slice) {
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

}  // namespace skyden::stock_grpc
