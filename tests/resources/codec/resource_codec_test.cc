// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/time.h"
#include "skyden/base/status.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"

namespace skyden::resources {
namespace {

using Json = nlohmann::json;

class World {
 public:
  World() : registry_(*model::TypeRegistry::LoadEmbedded()) {
    auto codec = ResourceCodec::Create(registry_);
    INFO(codec.status().ToString());
    REQUIRE(codec.ok());
    codec_ = *std::move(codec);
  }

  const model::TypeDescriptor& Type(std::string_view name) const {
    return *registry_.FindByName(name);
  }
  const ResourceCodec& codec() const { return *codec_; }
  const model::TypeRegistry& registry() const { return registry_; }

  model::Resource Make(std::string_view type, std::string name, std::string_view spec) const {
    model::Resource resource;
    resource.type = Type(type).id;
    resource.key = {Type(type).scope == model::ResourceScope::kMesh ? "shop" : "", std::move(name)};
    auto wire = codec_->SpecFromJson(Type(type), spec);
    INFO(wire.status().ToString());
    REQUIRE(wire.ok());
    resource.spec = *std::move(wire);
    resource.creation_time = absl::FromUnixMillis(1'700'000'000'250);
    resource.modification_time = absl::FromUnixSeconds(1'700'000'001);
    return resource;
  }

 private:
  const model::TypeRegistry registry_;
  std::unique_ptr<ResourceCodec> codec_;
};

TEST_CASE("every described type can be written down and shown", "[codec]") {
  const World world;
  for (const model::TypeDescriptor& type : world.registry().all()) {
    INFO(type.name);
    const model::Resource resource = world.Make(type.name, "it", "{}");
    const Json shown = Json::parse(world.codec().RenderUniversal(resource));
    CHECK(shown.at("type") == type.name);
    CHECK(shown.at("name") == "it");
    CHECK(shown.contains("mesh") == (type.scope == model::ResourceScope::kMesh));
    CHECK(shown.contains("kri") == !type.short_name.empty());
    CHECK(shown.contains("spec") == (type.encoding == model::SpecEncoding::kJson));
    CHECK(Json::parse(world.codec().RenderKubernetes(resource, "ns")).contains("apiVersion"));
    CHECK(Json::parse(world.codec().SpecJson(resource)).is_object());
  }
}

TEST_CASE("a JSON type is shown with its meta members, spec and status", "[codec]") {
  const World world;
  model::Resource resource = world.Make("MeshTrace", "t\"1", R"({"default":{"backends":[]}})");
  resource.labels = {{"kuma.io/mesh", "shop"}, {"team", "a\nb"}};
  CHECK(Json::parse(world.codec().RenderUniversal(resource)) ==
        Json::parse(R"({"type":"MeshTrace","mesh":"shop","name":"t\"1",
                        "creationTime":"2023-11-14T22:13:20.25Z",
                        "modificationTime":"2023-11-14T22:13:21Z",
                        "labels":{"kuma.io/mesh":"shop","team":"a\nb"},
                        "kri":"kri_mtr_shop___t\"1_",
                        "spec":{"default":{"backends":[]}},"status":{}})"));
  resource.status = R"({"conditions":[]})";
  CHECK(Json::parse(world.codec().RenderUniversal(resource)).at("status") ==
        Json::parse(R"({"conditions":[]})"));
}

TEST_CASE("as a Kubernetes object the mesh is a label, and other labels stay out", "[codec]") {
  const World world;
  model::Resource resource =
      world.Make("MeshTimeout", "t", R"({"to":[{"targetRef":{"kind":"Mesh"}}]})");
  resource.labels = {{"team", "a"}};
  CHECK(Json::parse(world.codec().RenderKubernetes(resource, "kuma-system")) ==
        Json::parse(R"({"kind":"MeshTimeout","apiVersion":"kuma.io/v1alpha1",
                        "metadata":{"name":"t","namespace":"kuma-system",
                                    "creationTimestamp":"2023-11-14T22:13:20Z",
                                    "labels":{"kuma.io/mesh":"shop"}},
                        "spec":{"to":[{"targetRef":{"kind":"Mesh"},"default":{}}]}})"));
  const model::Resource generator = world.Make("HostnameGenerator", "g", R"({"template":"a"})");
  CHECK(!Json::parse(world.codec().RenderKubernetes(generator, "ns"))
             .at("metadata")
             .contains("labels"));
}

TEST_CASE("a KRI names a resource by type, mesh, zone, namespace and name", "[codec]") {
  const World world;
  model::Resource resource = world.Make("MeshService", "web-x7f", "{}");
  CHECK(KriOf(world.Type("MeshService"), resource) == "kri_msvc_shop___web-x7f_");
  resource.labels = {
      {"kuma.io/display-name", "web"}, {"kuma.io/zone", "east"}, {"k8s.kuma.io/namespace", "prod"}};
  CHECK(KriOf(world.Type("MeshService"), resource) == "kri_msvc_shop_east_prod_web_");
  CHECK(KriOf(world.Type("Secret"), world.Make("Secret", "s", "{}")).empty());
  CHECK(KriOf(world.Type("Mesh"), world.Make("Mesh", "m", "{}")) == "kri_m____m_");
}

TEST_CASE("services show the SNI of each port, in order of the ports", "[codec]") {
  const World world;
  model::Resource service =
      world.Make("MeshService", "web", R"({"ports":[{"port":9090,"name":"admin"},{"port":80}]})");
  CHECK(Json::parse(world.codec().RenderUniversal(service)).at("snis") ==
        Json::parse(R"([{"port":80,"sni":"sni.msvc.shop.web.80"},
                        {"port":9090,"sni":"sni.msvc.shop.web.admin"}])"));
  // A namespace without a zone says nothing.
  service.labels = {{"k8s.kuma.io/namespace", "prod"}};
  CHECK(Json::parse(world.codec().RenderUniversal(service)).at("snis")[0].at("sni") ==
        "sni.msvc.shop.web.80");
  service.labels["kuma.io/zone"] = "east";
  CHECK(Json::parse(world.codec().RenderUniversal(service)).at("snis")[0].at("sni") ==
        "sni.msvc.shop.east.prod.web.80");

  const model::Resource outside =
      world.Make("MeshExternalService", "db", R"({"match":{"port":5432}})");
  CHECK(Json::parse(world.codec().RenderUniversal(outside)).at("snis") ==
        Json::parse(R"([{"port":5432,"sni":"sni.extsvc.shop.db.5432"}])"));
  CHECK(!Json::parse(world.codec().RenderUniversal(world.Make("MeshService", "none", "{}")))
             .contains("snis"));
}

TEST_CASE("a body that is not an object, or not JSON, does not decode", "[codec]") {
  const World world;
  const auto error = [&](std::string_view body) {
    const auto decoded = world.codec().DecodeRest(world.Type("MeshTimeout"), body);
    REQUIRE(!decoded.ok());
    CHECK(base::TitleOf(decoded.status()) == "Bad Request");
    const auto message = decoded.status().message();
    return std::string(message.data(), message.size());
  };
  CHECK(error("") == "invalid MeshTimeout object: \"unexpected end of JSON input\"");
  CHECK(error("[]") ==
        "invalid MeshTimeout object: \"json: cannot unmarshal array into Go value of type "
        "map[string]interface {}\"");
  CHECK(error("null").find("cannot unmarshal null") != std::string::npos);
  CHECK(error(std::string(1'000'000, '{')).size() < 200);
  CHECK(error("{\"a\":1e999}").find("float64") != std::string::npos);
}

TEST_CASE("the members around a spec are checked too", "[codec]") {
  const World world;
  const auto reasons = [&](std::string_view body) {
    const auto decoded = world.codec().DecodeRest(world.Type("MeshTimeout"), body);
    REQUIRE(!decoded.ok());
    std::string text;
    for (const base::FieldViolation& violation : base::ViolationsOf(decoded.status())) {
      CHECK(violation.field.empty());
      text += violation.reason + "; ";
    }
    return text;
  };
  CHECK(reasons("{}") ==
        ".type in body is required; .name in body is required; .spec in body is required; ");
  CHECK(reasons(R"({"type":"Mesh","name":5,"mesh":[],"spec":7,"labels":{"a":null},"kri":1})") ==
        "kri in body must be of type string: \"number\"; labels.a in body must be of type "
        "string: \"null\"; mesh in body must be of type string: \"array\"; name in body must be "
        "of type string: \"number\"; spec in body must be of type object: \"number\"; type in "
        "body should be one of [MeshTimeout]; ");
  CHECK(reasons(R"({"type":"MeshTimeout","name":"a","spec":{},"creationTime":"now"})") ==
        "creationTime in body must be of type date-time: \"now\"; ");
}

TEST_CASE("a body without a mesh means the mesh `default`", "[codec]") {
  const World world;
  const auto decoded = world.codec().DecodeRest(
      world.Type("MeshTLS"), R"({"type":"MeshTLS","name":"a","labels":{"k":"v"},"spec":{}})");
  REQUIRE(decoded.ok());
  CHECK(decoded->mesh == "default");
  CHECK(decoded->type == "MeshTLS");
  CHECK(decoded->name == "a");
  CHECK(decoded->labels == model::Labels{{"k", "v"}});
  CHECK(decoded->spec == "{}");
}

TEST_CASE("what Kuma refuses since 3.0.1 is a switch of control planes of Kuma 3", "[codec]") {
  const auto registry = model::TypeRegistry::LoadEmbedded();
  REQUIRE(registry.ok());
  const std::string body =
      R"({"type":"MeshTimeout","mesh":"default","name":"t","labels":{"kuma.io/unknown":"x",)"
      R"("kuma.io/display-name":"other","kuma.io/zone":"z","kuma.io/kds-sync":"no","team":"a"},)"
      R"("spec":{"from":[],"targetRef":{"kind":"Mesh","proxyTypes":[]},"to":[{"targetRef":)"
      R"({"kind":"Mesh"},"default":{"idleTimeout":"1s"}}]}})";
  const model::TypeDescriptor& timeout = *registry->FindByName("MeshTimeout");
  const auto taking = ResourceCodec::Create(*registry);
  const auto refusing = ResourceCodec::Create(*registry, Unknown::kRefused);
  REQUIRE(taking.ok());
  REQUIRE(refusing.ok());
  const auto taken = (*taking)->In(model::KumaVersion::kThree).DecodeRest(timeout, body);
  REQUIRE(taken.ok());
  CHECK(taken->dropped == std::vector<std::string>{"spec.from", "spec.targetRef.proxyTypes"});
  CHECK(taken->spec == R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},)"
                       R"("default":{"idleTimeout":"1s"}}]})");

  const ResourceCodec& strict = (*refusing)->In(model::KumaVersion::kThree);
  const auto refused = strict.DecodeRest(timeout, body);
  REQUIRE_FALSE(refused.ok());
  std::vector<std::string> said;
  for (const base::FieldViolation& violation : base::ViolationsOf(refused.status())) {
    said.push_back(violation.field + ": " + violation.reason);
  }
  CHECK(said == std::vector<std::string>{
                    "spec.from: unknown field", "spec.targetRef.proxyTypes: unknown field",
                    "labels[\"kuma.io/display-name\"]: is computed: it is \"t\" or is left out",
                    "labels[\"kuma.io/kds-sync\"]: must be enabled or disabled",
                    "labels[\"kuma.io/unknown\"]: is reserved, and not one that Kuma knows",
                    "labels[\"kuma.io/zone\"]: is set by zones, and never at a global"});
  // A Mesh has no shape that says what is unknown.
  const auto mesh = strict.DecodeRest(*registry->FindByName("Mesh"),
                                      R"({"type":"Mesh","name":"m","mtls":{"backends":[]}})");
  REQUIRE(mesh.ok());
  CHECK(mesh->dropped == std::vector<std::string>{"mtls"});
  // Kuma 2 has no such switch.
  const auto two = (*refusing)->DecodeRest(
      timeout,
      R"({"type":"MeshTimeout","mesh":"default","name":"t","labels":{"kuma.io/unknown":"x"},)"
      R"("spec":{"x":1,"to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"1s"}}]}})");
  REQUIRE(two.ok());
  CHECK(two->dropped == std::vector<std::string>{"spec.x"});
}

}  // namespace
}  // namespace skyden::resources
