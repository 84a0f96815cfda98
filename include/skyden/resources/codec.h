// SPDX-License-Identifier: Apache-2.0
// Between what people and zones send, what is stored, and what is shown.
// Knows every type's schema, defaults, semantic rules and canonical form.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/status.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

// A REST body that passed. Everything is as the client wrote it except `spec`.
struct DecodedBody {
  std::string type;
  std::string mesh;
  std::string name;
  model::Labels labels;
  std::string spec;                   // canonical, in wire form
  std::vector<std::string> warnings;  // deprecations, in Kuma's words
  // Paths of members that the type does not know, and that `spec` therefore lacks: the first few.
  std::vector<std::string> dropped = {};
};

// What a zone sent for one resource.
struct DecodedZoneResource {
  std::string spec;    // wire form
  std::string status;  // JSON; empty for types without one
};

// Kuma 3 as recorded takes members that no type has, and labels of its own kind that it does not
// know, and drops or keeps them in silence. Since 3.0.1 it refuses them.
enum class Unknown { kTaken, kRefused };

// What there is of one version of Kuma; Create's is Kuma 2's, and In leads to the others. What is
// only read and shown is the same for all, but for what a version does not know.
//
// Immutable after Create, thread-safe.
class ResourceCodec {
 public:
  // Builds the schemas of every type in `registry`, which must outlive the codec. INVALID_ARGUMENT
  // when one does not add up, when a type lacks the rules that its description speaks of, or when
  // there are rules that no description speaks of.
  static absl::StatusOr<std::unique_ptr<ResourceCodec>> Create(
      const model::TypeRegistry& registry, Unknown unknown_to_three = Unknown::kTaken);
  virtual ~ResourceCodec() = default;
  // The codec of a version, as old as this one. A type that the version has not is as another has
  // it.
  virtual const ResourceCodec& In(model::KumaVersion version) const = 0;

  // Decodes, fills in defaults, and checks structure, then meaning.
  // INVALID_ARGUMENT, titled as Kuma titles it: "Bad Request" when the body does not decode (the
  // message is the detail), "Could not process a resource" with violations when it does not hold.
  // Does not look at the URL, labels' values or the store: ResourceManager does.
  virtual absl::StatusOr<DecodedBody> DecodeRest(const model::TypeDescriptor& type,
                                                 std::string_view body) const = 0;

  // The rules that need the resource's name and mesh, run once those are known to be right.
  virtual std::vector<base::FieldViolation> ValidateNamed(
      const model::Resource& resource) const = 0;

  // `spec` and `status`: KumaResource's bytes; `spec_type_url` as sent (empty for JSON types).
  // INVALID_ARGUMENT, naming what does not decode or hold.
  virtual absl::StatusOr<DecodedZoneResource> DecodeZone(const model::TypeDescriptor& type,
                                                         std::string_view spec_type_url,
                                                         std::string_view spec,
                                                         std::string_view status) const = 0;

  // One resource as Kuma's REST API prints it: one compact JSON object. `format=universal` has
  // type, mesh, name, times, labels, kri, snis, spec and status; protobuf types are flat.
  virtual std::string RenderUniversal(const model::Resource& resource) const = 0;
  // `format=kubernetes`.
  virtual std::string RenderKubernetes(const model::Resource& resource,
                                       std::string_view name_space) const = 0;
  // Only the spec as JSON text ("{}" when empty), whatever the type's encoding.
  virtual std::string SpecJson(const model::Resource& resource) const = 0;
  // JSON text of a spec (jsonpb for protobuf types) to its wire form, without validation: for what
  // the program itself writes (defaults, insights). INVALID_ARGUMENT when it does not decode.
  virtual absl::StatusOr<std::string> SpecFromJson(const model::TypeDescriptor& type,
                                                   std::string_view json) const = 0;
};

// `kri_<short>_<mesh>_<zone>_<namespace>_<name>_`; empty for types without a short name.
std::string KriOf(const model::TypeDescriptor& type, const model::Resource& resource);

}  // namespace skyden::resources
