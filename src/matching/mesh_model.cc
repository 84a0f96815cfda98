// SPDX-License-Identifier: Apache-2.0
#include "skyden/matching/mesh_model.h"

#include <algorithm>
#include <utility>

#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "matching/mesh_data.h"
#include "matching/messages.h"
#include "matching/prometheus.h"
#include "matching/read_legacy.h"
#include "matching/read_target.h"

namespace skyden::matching {
namespace {

namespace pb = kuma::mesh::v1alpha1;

constexpr std::string_view kGateway = "MeshGateway";
constexpr std::string_view kGatewayRoute = "MeshGatewayRoute";
// A parsed resource against the bytes it came from.
constexpr size_t kParsedFactor = 6;
constexpr size_t kParsedBytes = 512;

// `items` read, taking from `before` (ordered like them) what is the same resource.
template <class T, class Read>
std::shared_ptr<const SharedList<T>> ReadList(const std::vector<Item>& items,
                                              const std::shared_ptr<const SharedList<T>>& before,
                                              const Read& read) {
  SharedList<T> list;
  list.reserve(items.size());
  bool same = before != nullptr;
  size_t known = 0;
  for (const Item& item : items) {
    while (before != nullptr && known < before->size() &&
           (*before)[known]->resource->key < item->key) {
      ++known;
    }
    if (before != nullptr && known < before->size() && (*before)[known]->resource == item) {
      list.push_back((*before)[known]);
      continue;
    }
    same = false;
    if (auto parsed = read(item)) list.push_back(std::move(parsed));
  }
  if (same && list.size() == before->size()) return before;
  return std::make_shared<const SharedList<T>>(std::move(list));
}

template <class T>
std::shared_ptr<const SharedList<T>> ListIn(const ListsByType<T>* lists, model::TypeId type) {
  if (lists == nullptr) return nullptr;
  const auto found = lists->find(type);
  return found == lists->end() ? nullptr : found->second;
}

bool IsOlderType(const model::TypeDescriptor& type) {
  return IsLegacyPolicy(type) || type.name == kGateway || type.name == kGatewayRoute;
}

class Builder {
 public:
  // `before`: null, or by the same rules.
  Builder(const MeshModel::ListFunction& list, const MeshModel::Data* before, Rules rules)
      : list_(list),
        before_(before),
        table_(TableOf(rules)),
        data_(std::make_unique<MeshModel::Data>()) {
    data_->rules = rules;
    data_->table = &table_;
  }

  bool ReadMesh(const model::TypeDescriptor& type, Item mesh) {
    pb::Mesh message;
    if (!ParseSpec(*mesh, message)) return false;
    data_->exclusive_services = !table_.mesh_tells_services ||
                                message.meshservices().mode() == pb::Mesh::MeshServices::Exclusive;
    for (const auto& backend : message.metrics().backends()) {
      if (backend.name() != message.metrics().enabledbackend()) continue;
      data_->prometheus = ReadPrometheus(backend);
      break;
    }
    data_->mesh_target = ReadPlainTarget(type, mesh);
    data_->mesh = std::move(mesh);
    return true;
  }

  void Read(const model::TypeDescriptor& type) {
    if (!table_.has_older_types && IsOlderType(type)) return;
    const std::vector<Item> items = list_(type);
    for (const Item& item : items) {
      data_->bytes += kParsedFactor * item->spec.size() + kParsedBytes;
    }
    if (type.is_target_ref_policy) {
      data_->policies[type.id] =
          ReadList<Policy>(items, ListIn(Before(&MeshModel::Data::policies), type.id),
                           [&](const Item& item) { return ReadPolicy(type, item, table_); });
    }
    if (IsLegacyPolicy(type)) {
      data_->legacy[type.id] =
          ReadList<LegacyPolicy>(items, ListIn(Before(&MeshModel::Data::legacy), type.id),
                                 [&](const Item& item) { return ReadLegacyPolicy(type, item); });
    }
    if (IsService(type)) {
      data_->services[type.id] =
          ReadList<Target>(items, ListIn(Before(&MeshModel::Data::services), type.id),
                           [&](const Item& item) { return ReadService(type, item); });
    }
    if (type.name == kHttpRoute) {
      data_->routes[type.id] =
          ReadList<Target>(items, ListIn(Before(&MeshModel::Data::routes), type.id),
                           [&](const Item& item) { return ReadPlainTarget(type, item); });
    }
    if (type.name == kGateway) {
      data_->gateways =
          ReadList<Gateway>(items, before_ ? before_->gateways : nullptr, ReadGateway);
    }
    if (type.name == kGatewayRoute) {
      data_->gateway_routes = ReadList<GatewayRoute>(
          items, before_ ? before_->gateway_routes : nullptr, ReadGatewayRoute);
    }
  }

  std::unique_ptr<const MeshModel::Data> Finish() {
    if (before_ != nullptr && before_->index != nullptr &&
        before_->mesh_target->resource == data_->mesh_target->resource &&
        before_->services == data_->services && before_->routes == data_->routes) {
      data_->mesh_target = before_->mesh_target;
      data_->index = before_->index;
    } else {
      auto index = std::make_shared<TargetIndex>();
      index->Add(*data_->mesh_target);
      for (const ListsByType<Target>* lists : {&data_->services, &data_->routes}) {
        for (const auto& [type, list] : *lists) {
          for (const auto& target : *list) index->Add(*target);
        }
      }
      data_->index = std::move(index);
    }
    return std::move(data_);
  }

 private:
  template <class T>
  const ListsByType<T>* Before(ListsByType<T> MeshModel::Data::*lists) const {
    return before_ == nullptr ? nullptr : &(before_->*lists);
  }

  const MeshModel::ListFunction& list_;
  const MeshModel::Data* before_;
  const RuleTable& table_;
  std::unique_ptr<MeshModel::Data> data_;
};

template <class T>
const SharedList<T>& ListOrEmpty(const ListsByType<T>& lists, model::TypeId type) {
  static const SharedList<T> kNone;
  const auto found = lists.find(type);
  return found == lists.end() ? kNone : *found->second;
}

}  // namespace

void TargetIndex::Add(const Target& target) {
  all_.push_back(&target);
  by_id_.emplace(target.id, &target);
  for (const auto& [key, value] : target.resource->labels) {
    by_label_[{key, value}].push_back(&target);
  }
}

const Target* TargetIndex::Find(const Identifier& id) const {
  const auto found = by_id_.find(id.WithoutSection());
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<const Target*> TargetIndex::WithLabels(std::string_view type,
                                                   const Tags& labels) const {
  // Everything with the label that the fewest have, then the rest of them.
  const std::vector<const Target*>* fewest = &all_;
  for (const auto& [key, value] : labels) {
    const auto found = by_label_.find(std::make_pair(key, value));
    if (found == by_label_.end()) return {};
    if (found->second.size() < fewest->size()) fewest = &found->second;
  }
  std::vector<const Target*> targets;
  for (const Target* target : *fewest) {
    const Tags& theirs = target->resource->labels;
    const bool has_all = std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
      const auto found = theirs.find(label.first);
      return found != theirs.end() && found->second == label.second;
    });
    if (target->id.type == type && has_all) targets.push_back(target);
  }
  return targets;
}

const SharedList<Policy>& MeshModel::Data::PoliciesOf(model::TypeId type) const {
  return ListOrEmpty(policies, type);
}

const SharedList<LegacyPolicy>& MeshModel::Data::LegacyOf(model::TypeId type) const {
  return ListOrEmpty(legacy, type);
}

std::vector<const model::TypeDescriptor*> MeshModel::Types(const model::TypeRegistry& registry) {
  std::vector<const model::TypeDescriptor*> types;
  for (const model::TypeDescriptor& type : registry.all()) {
    if (type.is_target_ref_policy || IsService(type) || IsOlderType(type)) {
      types.push_back(&type);
    }
  }
  return types;
}

absl::StatusOr<std::shared_ptr<const MeshModel>> MeshModel::Build(
    const model::TypeRegistry& registry, Item mesh, const ListFunction& list,
    const MeshModel* before, Rules rules) {
  const bool shares = before != nullptr && before->rules() == rules;
  Builder builder(list, shares ? &before->data() : nullptr, rules);
  if (!builder.ReadMesh(*registry.core().mesh, std::move(mesh))) {
    return absl::InvalidArgumentError("not a Mesh");
  }
  for (const model::TypeDescriptor* type : Types(registry)) builder.Read(*type);
  return std::shared_ptr<const MeshModel>(new MeshModel(registry, builder.Finish()));
}

MeshModel::MeshModel(const model::TypeRegistry& registry, std::unique_ptr<const Data> data)
    : registry_(registry), data_(std::move(data)) {}
MeshModel::~MeshModel() = default;

const Item& MeshModel::mesh() const { return data_->mesh; }
Rules MeshModel::rules() const { return data_->rules; }
bool MeshModel::tells_by_tags() const { return data_->table->tells_by_tags; }
bool MeshModel::has_exclusive_services() const { return data_->exclusive_services; }
size_t MeshModel::bytes() const { return data_->bytes; }

}  // namespace skyden::matching
