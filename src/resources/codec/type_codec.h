// SPDX-License-Identifier: Apache-2.0
// What ResourceCodec does for one type. It picks the strategy by TypeDescriptor::encoding:
// MakeJsonTypeCodec or MakeProtobufTypeCodec, once per type at start, and afterwards only forwards
// calls.
//
// What both share: codec/meta.h, what all resources have around their specs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/status.h"
#include "skyden/model/resource.h"
#include "skyden/resources/codec.h"

namespace skyden::resources {

// Immutable after construction, thread-safe. Same contracts as ResourceCodec's methods of the same
// names; every resource passed in is of this codec's type.
class TypeCodec {
 public:
  virtual ~TypeCodec() = default;

  virtual absl::StatusOr<DecodedBody> DecodeRest(std::string_view body) const = 0;
  virtual std::vector<base::FieldViolation> ValidateNamed(const model::Resource& resource) const {
    (void)resource;
    return {};
  }
  virtual absl::StatusOr<DecodedZoneResource> DecodeZone(std::string_view spec_type_url,
                                                         std::string_view spec,
                                                         std::string_view status) const = 0;
  virtual absl::StatusOr<std::string> SpecFromJson(std::string_view json) const = 0;
  virtual std::string SpecJson(const model::Resource& resource) const = 0;

  // Appends what follows the meta members in RenderUniversal, each with a leading comma:
  // `,"snis":[...],"spec":{...},"status":{...}` for JSON types, the message's own members
  // (`,"mtls":{...}`) for protobuf types. `out` ends after the last meta member.
  virtual void AppendUniversal(const model::Resource& resource, std::string& out) const = 0;
  // The whole object of `format=kubernetes`.
  virtual std::string RenderKubernetes(const model::Resource& resource,
                                       std::string_view name_space) const = 0;
};

}  // namespace skyden::resources
