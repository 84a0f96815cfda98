// SPDX-License-Identifier: Apache-2.0
#include "resources/envoy/go_names.h"

#include <catch2/catch.hpp>

#include "kuma/mesh/v1alpha1/traffic.pb.h"

namespace skyden::resources::envoy {
namespace {

TEST_CASE("fields are named as protobuf's generator for Go names them", "[envoy]") {
  CHECK(GoFieldName("name") == "Name");
  CHECK(GoFieldName("http2_protocol_options") == "Http2ProtocolOptions");
  CHECK(GoFieldName("consecutive_5xx") == "Consecutive_5Xx");
  CHECK(GoFieldName("x_y_z") == "XYZ");
  CHECK(GoFieldName("lrs_ID") == "Lrs_ID");
  CHECK(GoFieldName("HTTPFilter") == "HTTPFilter");
  CHECK(GoFieldName("_hidden") == "XHidden");
  CHECK(GoFieldName("ends_") == "Ends_");
  // Every message has methods of these names.
  CHECK(GoFieldName("string") == "String_");
  CHECK(GoFieldName("reset") == "Reset_");
}

TEST_CASE("a type in a type is named after both", "[envoy]") {
  CHECK(GoTypeName(*kuma::mesh::v1alpha1::TrafficRoute::descriptor()) == "TrafficRoute");
  CHECK(GoTypeName(*kuma::mesh::v1alpha1::TrafficRoute::Http::Match::descriptor()) ==
        "TrafficRoute_Http_Match");
}

}  // namespace
}  // namespace skyden::resources::envoy
