// SPDX-License-Identifier: Apache-2.0
#include "agent/global_address.h"

#include <catch2/catch.hpp>

#include "skyden/base/strings.h"

namespace skyden::agent {
namespace {

TEST_CASE("an address with a credential is taken apart and put together again", "[agent]") {
  const auto address = ParseGlobalAddress("grpcs://7f6f0c52:sksat_a_b@kds.example.com:5685");
  REQUIRE(address.ok());
  CHECK(address->tls);
  CHECK(address->user == "7f6f0c52");
  CHECK(address->password == "sksat_a_b");
  CHECK(address->host_port == "kds.example.com:5685");
  CHECK(address->WithCredential() == "grpcs://7f6f0c52:sksat_a_b@kds.example.com:5685");
  CHECK(address->Public() == "grpcs://kds.example.com:5685");
}

TEST_CASE("TLS is what an address without a scheme means", "[agent]") {
  CHECK(ParseGlobalAddress("host:1")->tls);
  CHECK(ParseGlobalAddress("grpcs://[::1]:1")->tls);
  CHECK_FALSE(ParseGlobalAddress("grpc://host:1")->tls);
  CHECK(ParseGlobalAddress("host:1")->WithCredential() == "grpcs://host:1");
}

TEST_CASE("a bad address is refused, and its credential not repeated", "[agent]") {
  const std::string text =
      GENERATE("http://host:1", "grpc://host", "grpc://id:hunter2@host", "grpc://hunter2@host:1",
               "grpc://id:hunter2@host:0", "grpc://id:hunter2@host:65536",
               "grpc://id:hunter2@host:1/path", "grpc://id:hunter2@ho st:1", "", ":1");
  const auto address = ParseGlobalAddress(text);
  INFO(text);
  REQUIRE(address.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(base::ToStd(address.status().message()).find("hunter2") == std::string_view::npos);
}

}  // namespace
}  // namespace skyden::agent
