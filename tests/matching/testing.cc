// SPDX-License-Identifier: Apache-2.0
#include "tests/matching/testing.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/gateway.pb.h"
#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "kuma/mesh/v1alpha1/resilience.pb.h"
#include "kuma/mesh/v1alpha1/traffic.pb.h"

namespace skyden::matching::testing {
namespace {

// Their descriptors must be linked in to be found by name.
const google::protobuf::Message* const kMessages[] = {
    &kuma::mesh::v1alpha1::Dataplane::default_instance(),
    &kuma::mesh::v1alpha1::MeshGateway::default_instance(),
    &kuma::mesh::v1alpha1::Mesh::default_instance(),
    &kuma::mesh::v1alpha1::ProxyTemplate::default_instance(),
    &kuma::mesh::v1alpha1::Timeout::default_instance(),
    &kuma::mesh::v1alpha1::TrafficRoute::default_instance()};

std::string Serialized(const std::string& message_name, const std::string& json) {
  REQUIRE(std::size(kMessages) > 0);
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(message_name);
  REQUIRE(descriptor != nullptr);
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  const auto status = google::protobuf::util::JsonStringToMessage(json, message.get());
  INFO(json << ": " << status.ToString());
  REQUIRE(status.ok());
  return message->SerializeAsString();
}

}  // namespace

const model::TypeRegistry& Registry() {
  static const auto* registry =
      new model::TypeRegistry(model::TypeRegistry::LoadEmbedded().value());
  return *registry;
}

const model::TypeDescriptor& TypeOf(std::string_view name) {
  const model::TypeDescriptor* type = Registry().FindByName(name);
  REQUIRE(type != nullptr);
  return *type;
}

Item MakeItem(std::string_view type_name, const std::string& name, const std::string& spec,
              model::Labels labels, const std::string& status) {
  static int64_t made = 0;
  const model::TypeDescriptor& type = TypeOf(type_name);
  auto resource = std::make_shared<model::Resource>();
  resource->type = type.id;
  resource->key.name = name;
  if (type.scope == model::ResourceScope::kMesh) resource->key.mesh = kMeshName;
  resource->labels = std::move(labels);
  resource->status = status;
  resource->creation_time = absl::FromUnixSeconds(++made);
  resource->spec = type.encoding == model::SpecEncoding::kProtobuf
                       ? Serialized(type.protobuf_message, spec)
                       : spec;
  return resource;
}

Proxy ProxyOf(const std::string& name, const std::string& spec, model::Labels labels) {
  return ReadProxy(MakeItem("Dataplane", name, spec, std::move(labels))).value();
}

Proxy Sidecar(const std::string& name, model::Labels labels) {
  labels.emplace("kuma.io/origin", "zone");
  labels.emplace("kuma.io/zone", "east");
  labels.emplace("kuma.io/display-name", name);
  const std::string spec = fmt::format(
      R"({{"networking":{{"address":"10.0.0.1","inbound":[
        {{"port":8080,"name":"main","tags":{{"kuma.io/service":"{0}","version":"v1"}}}},
        {{"port":9090,"name":"admin","tags":{{"kuma.io/service":"{0}-admin"}}}}]}}}})",
      name);
  return ProxyOf(name, spec, std::move(labels));
}

TestMesh::TestMesh(const std::string& spec, Rules rules)
    : mesh_(MakeItem("Mesh", kMeshName, spec)), rules_(rules) {}

TestMesh& TestMesh::Add(std::string_view type, const std::string& name, const std::string& spec,
                        model::Labels labels, const std::string& status) {
  return Add(MakeItem(type, name, spec, std::move(labels), status));
}

TestMesh& TestMesh::Add(const Item& item) {
  items_[item->type][item->key.name] = item;
  return *this;
}

std::shared_ptr<const MeshModel> TestMesh::Build(const MeshModel* before) const {
  const auto list = [this](const model::TypeDescriptor& type) {
    std::vector<Item> items;
    if (const auto found = items_.find(type.id); found != items_.end()) {
      for (const auto& [name, item] : found->second) items.push_back(item);
    }
    return items;
  };
  return MeshModel::Build(Registry(), mesh_, list, before, rules_).value();
}

MatchedPolicies TestMesh::Match(std::string_view type, const Proxy& proxy) const {
  return MatchPolicies(*Build(), TypeOf(type), proxy);
}

std::string TestMesh::Names(std::string_view type, const Proxy& proxy) const {
  return NamesOf(Match(type, proxy).policies);
}

std::string NamesOf(const std::vector<Item>& items) {
  std::string names;
  for (const Item& item : items) names += (names.empty() ? "" : " ") + item->key.name;
  return names;
}

std::string TextOf(const Subset& subset) {
  std::string text;
  for (const SubsetTag& tag : subset) {
    text += fmt::format("{}{}{}={}", text.empty() ? "" : ",", tag.negated ? "!" : "", tag.key,
                        tag.value);
  }
  return "{" + text + "}";
}

std::string TextOf(const std::vector<SubsetRule>& rules) {
  std::string text;
  for (const SubsetRule& rule : rules) {
    text += fmt::format("{} {} ({})\n", TextOf(rule.subset), rule.conf, NamesOf(rule.origins));
  }
  return text;
}

std::string TextOf(const MatchedPolicies& matched) {
  std::string text = "policies " + NamesOf(matched.policies) + "\n";
  for (const auto& [at, rules] : matched.from) {
    text += fmt::format("from {}:{}\n{}", at.address, at.port, TextOf(rules));
  }
  for (const auto& [at, rules] : matched.inbound) {
    for (const InboundRule& rule : rules) {
      text += fmt::format("inbound {}:{} {} {} {}[{}]\n", at.address, at.port, rule.match,
                          rule.conf, rule.origin.policy->key.name, rule.origin.index);
    }
  }
  text += "to\n" + TextOf(matched.to);
  for (const auto& [id, rule] : matched.to_resources) {
    text += fmt::format("to {}", KriText(Registry(), id));
    for (const std::string& conf : rule.confs) text += " " + conf;
    for (const Origin& origin : rule.origins) {
      text += fmt::format(" {}[{}]", origin.policy->key.name, origin.index);
    }
    text += "\n";
  }
  text += "proxy\n" + TextOf(matched.proxy);
  for (const std::string& warning : matched.warnings) text += "warning " + warning + "\n";
  return text;
}

}  // namespace skyden::matching::testing
