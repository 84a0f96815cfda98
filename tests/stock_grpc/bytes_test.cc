// SPDX-License-Identifier: Apache-2.0
#include "skyden/stock_grpc/bytes.h"

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <catch2/catch.hpp>

using namespace skyden::stock_grpc;

TEST_CASE("bytes come out of a buffer as they went in", "[stock_grpc]") {
  using namespace std::string_literals;
  const std::string large(100'000, 'x');
  for (const std::string& bytes : {""s, "a"s, "\0b\0"s, large}) {
    CHECK(BytesOf(BufferOf(bytes)) == bytes);
  }
  const std::vector<grpc::Slice> parts = {grpc::Slice("one, "), grpc::Slice(large),
                                          grpc::Slice("")};
  const grpc::ByteBuffer several(parts.data(), parts.size());
  CHECK(BytesOf(several) == "one, " + large);
  REQUIRE(SlicesOf(several));
  CHECK(ViewOf(SlicesOf(several)->front()) == "one, ");
}

TEST_CASE("a buffer that was never filled cannot be read", "[stock_grpc]") {
  CHECK_FALSE(BytesOf(grpc::ByteBuffer()));
  CHECK_FALSE(SlicesOf(grpc::ByteBuffer()));
}
