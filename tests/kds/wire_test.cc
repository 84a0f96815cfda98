// SPDX-License-Identifier: Apache-2.0
#include "kds/wire.h"

#include <catch2/catch.hpp>

#include "kds/messages.h"

using namespace std::string_literals;
using namespace skyden::kds;

TEST_CASE("fields are read back as they were written", "[kds]") {
  std::string message;
  wire::AppendVarintField(message, 3, 300);
  wire::AppendBytes(message, 16, "abc");
  wire::Reader reader(message);
  wire::Field field;
  REQUIRE(reader.Next(field));
  CHECK(field.number == 3);
  CHECK(field.varint == 300);
  REQUIRE(reader.Next(field));
  CHECK(field.IsBytes(16));
  CHECK(field.bytes == "abc");
  CHECK_FALSE(reader.Next(field));
  CHECK(reader.ok());
}

TEST_CASE("what is not a message is told apart from its end", "[kds]") {
  const auto broken = GENERATE(as<std::string>{}, "\x0a"s,
                               "\x0a\x05"s
                               "abc"s,
                               "\x0b"s, "\x00"s, "\x09\x01\x02"s, "\x0d\x01"s,
                               "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s);
  wire::Reader reader(broken);
  wire::Field field;
  while (reader.Next(field)) {
  }
  CHECK_FALSE(reader.ok());
  CHECK(wire::FindBytes(broken, 1).empty());
}

TEST_CASE("a request is scanned without reading the metadata", "[kds]") {
  const std::string bytes = EncodeDeltaRequest("zone-1", "\x1a\x03xyz"s, "Mesh", "", "");
  const auto request = ScanDeltaRequest(bytes);
  REQUIRE(request.ok());
  CHECK(request->node_id == "zone-1");
  CHECK(request->node_metadata == "xyz");
  CHECK(request->type_url == "Mesh");
  CHECK(request->response_nonce.empty());
  CHECK(request->subscribes);
  CHECK_FALSE(request->rejects);
}

TEST_CASE("an ACK has the node and the nonce and subscribes to nothing", "[kds]") {
  const std::string bytes = EncodeDeltaRequest("zone-1", "", "Mesh", "7", "");
  const auto ack = ScanDeltaRequest(bytes).value();
  CHECK(ack.node_id == "zone-1");
  CHECK(ack.response_nonce == "7");
  CHECK_FALSE(ack.subscribes);
}

TEST_CASE("a NACK is known by its error, which has no code", "[kds]") {
  const std::string bytes = EncodeDeltaRequest("zone-1", "", "Mesh", "7", "no good");
  const auto nack = ScanDeltaRequest(bytes).value();
  CHECK(nack.rejects);
  CHECK(nack.error_message == "no good");
  CHECK(nack.subscribes);
}

TEST_CASE("a name is split at its last dot", "[kds]") {
  std::string_view name, mesh;
  REQUIRE(SplitResourceName("a.b.default", name, mesh));
  CHECK(name == "a.b");
  CHECK(mesh == "default");
  REQUIRE(SplitResourceName("default.", name, mesh));
  CHECK(name == "default");
  CHECK(mesh.empty());
  CHECK_FALSE(SplitResourceName("nodot", name, mesh));
  CHECK_FALSE(SplitResourceName(".mesh", name, mesh));
}

TEST_CASE("something else than a KumaResource is refused", "[kds]") {
  std::string any, resource, response;
  wire::AppendBytes(any, 1, "type.googleapis.com/google.protobuf.Duration");
  wire::AppendBytes(resource, 2, any);
  wire::AppendBytes(response, 2, resource);
  CHECK(ScanDeltaResponse(response).status().code() == absl::StatusCode::kInvalidArgument);
}
