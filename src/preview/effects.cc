// SPDX-License-Identifier: Apache-2.0
// Mesh by mesh, proxy by proxy. A proxy that is the same before and after is worked out once for
// all that policies cannot tell from it; one that comes, goes or is changed itself is worked out
// whole.
#include "skyden/preview/effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "preview/comparer.h"
#include "preview/groups.h"
#include "preview/mesh_pair.h"
#include "skyden/base/status.h"
#include "skyden/resources/items_of_mesh.h"

namespace skyden::preview {
namespace {

using matching::Item;
using matching::Proxy;
using resources::ForeseenChange;
using resources::Foresight;
using resources::Generation;

struct Use {
  uint64_t before = 0, after = 0;
};

// Proxies that are the same before and after, and that policies cannot tell apart.
struct ProxyClass {
  uint64_t proxies = 0;
  Generation generation = Generation::kTwo;
  Item sample;
  std::vector<Part> parts;             // that differ
  Groups::Members* members = nullptr;  // null: none do
  std::vector<UseKey> used_before, used_after;
};

struct Mesh {
  Mesh(const EffectDeps& deps, const Foresight& foresight, std::string mesh_name)
      : pair(deps, foresight, std::move(mesh_name)) {}

  MeshPair pair;
  bool older = false;               // a change may be seen in kAttached
  bool dataplanes_changed = false;  // some come, go or are other
  std::map<UseKey, Use> direct;     // of those
  absl::flat_hash_map<std::string, ProxyClass> classes;
};

class Computation {
 public:
  Computation(const EffectDeps& deps, const Foresight& foresight, const Bounds& bounds,
              absl::FunctionRef<bool()> is_late, const Shortcuts& shortcuts)
      : deps_(deps),
        foresight_(foresight),
        bounds_(bounds),
        is_late_(is_late),
        shortcuts_(shortcuts),
        core_(deps.registry.core()),
        zone_insight_(*deps.registry.core().zone_insight),
        comparer_(deps, effects_.texts),
        groups_(bounds.names) {
    for (const model::TypeDescriptor* type : TypesLookedAt(deps.registry)) looked_at_.insert(type);
  }

  absl::StatusOr<Effects> Run() {
    CountProxies();
    for (const std::string& mesh_name : TouchedMeshes()) {
      if (!effects_.stopped.empty()) break;
      SKYDEN_RETURN_IF_ERROR(RunMesh(mesh_name));
    }
    effects_.groups = groups_.Take();
    return std::move(effects_);
  }

 private:
  const resources::ResourceView& Before(const model::TypeDescriptor& type) const {
    return *foresight_.before.at(type.id);
  }
  const resources::ResourceView& After(const model::TypeDescriptor& type) const {
    return *foresight_.after.at(type.id);
  }

  void CountProxies() {
    effects_.proxies = Before(*core_.dataplane).size();
    for (const ForeseenChange& change : foresight_.changes) {
      if (change.type == core_.dataplane && change.before == nullptr) ++effects_.proxies;
    }
  }

  bool reads_otherwise() const { return deps_.before != deps_.after; }

  void AddAllMeshes(std::set<std::string>& meshes) const {
    for (const auto& chunk : Before(*core_.mesh).chunks()) {
      for (const Item& mesh : *chunk) meshes.insert(mesh->key.name);
    }
  }

  std::set<std::string> TouchedMeshes() const {
    std::set<std::string> meshes;
    if (reads_otherwise()) AddAllMeshes(meshes);
    for (const ForeseenChange& change : foresight_.changes) {
      if (!looked_at_.contains(change.type)) continue;
      if (shortcuts_.touches_its_mesh && !shortcuts_.touches_its_mesh(change)) continue;
      const model::ResourceKey& key = (change.before ? change.before : change.after)->key;
      if (change.type == &zone_insight_) {
        // The zone's proxies are told something else, wherever they are.
        AddAllMeshes(meshes);
      } else {
        meshes.insert(change.type == core_.mesh ? key.name : key.mesh);
      }
    }
    return meshes;
  }

  // Whether more than times changed of what kAttached shows.
  bool OlderMayDiffer(const std::string& mesh_name) const {
    if (reads_otherwise()) return true;
    return std::any_of(
        foresight_.changes.begin(), foresight_.changes.end(), [&](const ForeseenChange& change) {
          const model::ResourceKey& key = (change.before ? change.before : change.after)->key;
          const bool of_mesh =
              change.type == core_.mesh ? key.name == mesh_name : key.mesh == mesh_name;
          return of_mesh && !change.type->is_target_ref_policy &&
                 looked_at_.contains(change.type) && !change.is_same();
        });
  }

  Generation GenerationOf(const resources::ResourceView& insights, const std::string& zone) const {
    if (zone.empty()) return Generation::kTwo;
    const Item insight = insights.Find({{}, zone});
    return insight == nullptr ? Generation::kTwo : deps_.generation_of(*insight);
  }
  Generation GenerationBefore(const std::string& zone) {
    const auto [known, is_new] = before_.try_emplace(zone);
    if (is_new) known->second = GenerationOf(Before(zone_insight_), zone);
    return known->second;
  }
  Generation GenerationAfter(const std::string& zone) {
    const auto [known, is_new] = after_.try_emplace(zone);
    if (is_new) known->second = GenerationOf(After(zone_insight_), zone);
    return known->second;
  }

  absl::Status RunMesh(const std::string& mesh_name) {
    Mesh mesh(deps_, foresight_, mesh_name);
    mesh.older = OlderMayDiffer(mesh_name);
    SKYDEN_RETURN_IF_ERROR(ForEachPair(*core_.dataplane, mesh_name, [&](Item before, Item after) {
      return AddDataplane(mesh, std::move(before), std::move(after));
    }));
    if (effects_.stopped.empty()) {
      SKYDEN_RETURN_IF_ERROR(ForEachPair(
          *core_.mesh_gateway, mesh_name,
          [&](const Item& before, const Item& after) { return AddGateway(mesh, before, after); }));
    }
    return TellUses(mesh);
  }

  // `add` gets each resource of the mesh before and after, null where it is not there, until
  // something stops it.
  template <class Add>
  absl::Status ForEachPair(const model::TypeDescriptor& type, const std::string& mesh_name,
                           const Add& add) {
    const std::vector<Item> before = resources::ItemsOfMesh(Before(type), mesh_name);
    const std::vector<Item> after = resources::ItemsOfMesh(After(type), mesh_name);
    auto old = before.begin();
    auto now = after.begin();
    while ((old != before.end() || now != after.end()) && effects_.stopped.empty()) {
      const bool has_old =
          old != before.end() && (now == after.end() || !((*now)->key < (*old)->key));
      const bool has_now =
          now != after.end() && (old == before.end() || !((*old)->key < (*now)->key));
      SKYDEN_RETURN_IF_ERROR(add(has_old ? *old : nullptr, has_now ? *now : nullptr));
      if (has_old) ++old;
      if (has_now) ++now;
    }
    return absl::OkStatus();
  }

  bool Stops() {
    if (effects_.seen >= bounds_.proxies) {
      effects_.stopped =
          fmt::format("{} proxies are the most that one preview looks at", bounds_.proxies);
    } else if (groups_.text_bytes() > bounds_.text_bytes) {
      effects_.stopped =
          fmt::format("more than {} MiB of configuration differs", bounds_.text_bytes >> 20);
    } else if (is_late_()) {
      effects_.stopped = "it took too long";
    }
    return !effects_.stopped.empty();
  }

  absl::Status AddDataplane(Mesh& mesh, Item before, Item after) {
    if (Stops()) return absl::OkStatus();
    ++effects_.seen;
    const std::string zone = (before ? before : after)->zone;
    const Generation old_generation = GenerationBefore(zone);
    if (before != after || old_generation != GenerationAfter(after ? after->zone : zone)) {
      return AddChangedDataplane(mesh, before, after, old_generation);
    }
    const auto proxy = matching::ReadProxy(std::move(before));
    if (!proxy.ok()) return absl::OkStatus();  // as inspection, which cannot show it
    SKYDEN_ASSIGN_OR_RETURN(const MeshPair::Models* models, mesh.pair.Of(old_generation));
    if (models->difference.has_value())
      return AddSameDataplane(mesh, *models, old_generation, *proxy);
    // The mesh itself comes or goes.
    mesh.dataplanes_changed = true;
    Compare(mesh, {models->before.get(), &*proxy}, {models->after.get(), &*proxy},
            Group::Subject::kDataplanes, comparer_.types());
    return absl::OkStatus();
  }

  absl::Status AddChangedDataplane(Mesh& mesh, const Item& before, const Item& after,
                                   Generation old_generation) {
    mesh.dataplanes_changed = true;
    absl::StatusOr<Proxy> old = absl::NotFoundError("");
    absl::StatusOr<Proxy> now = absl::NotFoundError("");
    if (before != nullptr) old = matching::ReadProxy(before);
    if (after != nullptr) now = matching::ReadProxy(after);
    SKYDEN_ASSIGN_OR_RETURN(const MeshPair::Models* models, mesh.pair.Of(old_generation));
    const Side left{models->before.get(), old.ok() ? &*old : nullptr};
    const Generation new_generation =
        after == nullptr ? old_generation : GenerationAfter(after->zone);
    SKYDEN_ASSIGN_OR_RETURN(models, mesh.pair.Of(new_generation));
    Compare(mesh, left, {models->after.get(), now.ok() ? &*now : nullptr},
            Group::Subject::kDataplanes, comparer_.types());
    return absl::OkStatus();
  }

  void Compare(Mesh& mesh, const Side& before, const Side& after, Group::Subject subject,
               const std::vector<const model::TypeDescriptor*>& types) {
    if (!before.there() && !after.there()) return;
    std::vector<UseKey> used_before;
    std::vector<UseKey> used_after;
    std::vector<Part> parts = comparer_.Differences(before, after, types, used_before, used_after);
    const bool is_dataplane = subject == Group::Subject::kDataplanes;
    if (is_dataplane) {
      for (const UseKey& use : used_before) ++mesh.direct[use].before;
      for (const UseKey& use : used_after) ++mesh.direct[use].after;
      if (auto attached = comparer_.Attached(before, after)) parts.push_back(*std::move(attached));
    }
    const Group::Fate fate = !before.there()  ? Group::Fate::kComes
                             : !after.there() ? Group::Fate::kGoes
                                              : Group::Fate::kStays;
    if (parts.empty() && fate == Group::Fate::kStays) return;
    const Proxy& proxy = after.there() ? *after.proxy : *before.proxy;
    Put(proxy, subject, fate, std::move(parts));
  }

  // `parts` may hold the proxy's own address, which is no difference between two of them.
  void Put(const Proxy& proxy, Group::Subject subject, Group::Fate fate, std::vector<Part> parts) {
    std::vector<Part> told = parts;
    const bool has_address = !told.empty() && told.back().name == kAttached;
    if (has_address) {
      told.back().before = WithoutAddress(std::move(told.back().before), proxy.address);
      told.back().after = WithoutAddress(std::move(told.back().after), proxy.address);
    }
    Groups::Members* members = groups_.Find(subject, fate, told);
    if (has_address && members->shown.empty()) members->shown = std::move(parts);
    Count(*members, proxy, subject);
  }

  void Count(Groups::Members& members, const Proxy& proxy, Group::Subject subject) {
    const Tally where = PlaceOf(proxy);
    groups_.Add(members, proxy.resource->key, where);
    if (subject == Group::Subject::kDataplanes) effects_.changed.Add(where);
  }

  std::vector<const model::TypeDescriptor*> TypesThatMayDiffer(
      const matching::ModelDifference& difference, const Proxy& proxy) const {
    std::vector<const model::TypeDescriptor*> types;
    for (const model::TypeDescriptor* type : difference.types()) {
      const bool may = shortcuts_.may_differ ? shortcuts_.may_differ(difference, *type, proxy)
                                             : difference.MayDiffer(*type, proxy);
      if (may) types.push_back(type);
    }
    return types;
  }

  absl::Status AddSameDataplane(Mesh& mesh, const MeshPair::Models& models, Generation generation,
                                const Proxy& proxy) {
    const matching::ModelDifference& difference = *models.difference;
    std::string name =
        proxy.resource->zone + '\n' +
        (shortcuts_.class_of ? shortcuts_.class_of(difference, proxy) : difference.ClassOf(proxy));
    const auto [known, is_new] = mesh.classes.try_emplace(std::move(name));
    ProxyClass& of_class = known->second;
    const Side before{models.before.get(), &proxy};
    const Side after{models.after.get(), &proxy};
    if (is_new) {
      of_class.generation = generation;
      of_class.sample = proxy.resource;
      const auto types = TypesThatMayDiffer(difference, proxy);
      if (!types.empty()) {
        of_class.parts =
            comparer_.Differences(before, after, types, of_class.used_before, of_class.used_after);
      }
      if (!of_class.parts.empty()) {
        of_class.members =
            groups_.Find(Group::Subject::kDataplanes, Group::Fate::kStays, of_class.parts);
      }
    }
    ++of_class.proxies;
    if (mesh.older && difference.older_may_differ()) {
      if (auto attached = comparer_.Attached(before, after)) {
        std::vector<Part> parts = of_class.parts;
        parts.push_back(*std::move(attached));
        Put(proxy, Group::Subject::kDataplanes, Group::Fate::kStays, std::move(parts));
        return absl::OkStatus();
      }
    }
    if (of_class.members != nullptr) {
      Count(*of_class.members, proxy, Group::Subject::kDataplanes);
    }
    return absl::OkStatus();
  }

  absl::Status AddGateway(Mesh& mesh, const Item& before, const Item& after) {
    absl::StatusOr<Proxy> old = absl::NotFoundError("");
    absl::StatusOr<Proxy> now = absl::NotFoundError("");
    if (before != nullptr) old = matching::ProxyOfGateway(before);
    // Kuma 3 knows no gateways of its own.
    const bool has_gateways = deps_.after == Generation::kTwo;
    if (after != nullptr && has_gateways) now = matching::ProxyOfGateway(after);
    SKYDEN_ASSIGN_OR_RETURN(const MeshPair::Models* models, mesh.pair.Of(Generation::kTwo));
    const bool is_same = before == after && old.ok() && now.ok() && models->difference.has_value();
    Compare(mesh, {models->before.get(), old.ok() ? &*old : nullptr},
            {models->after.get(), now.ok() ? &*now : nullptr}, Group::Subject::kGateways,
            is_same ? TypesThatMayDiffer(*models->difference, *old) : comparer_.types());
    return absl::OkStatus();
  }

  // Policies that select a proxy on one side only. While proxies stay as they are, a policy that
  // does not change is counted on both sides or on none; otherwise it has to be looked for.
  absl::Status TellUses(Mesh& mesh) {
    std::map<UseKey, Use> uses = mesh.direct;
    for (auto& [name, of_class] : mesh.classes) {
      for (const UseKey& use : of_class.used_before) uses[use].before += of_class.proxies;
      for (const UseKey& use : of_class.used_after) uses[use].after += of_class.proxies;
    }
    for (auto& [policy, use] : uses) {
      if ((use.before == 0) == (use.after == 0)) continue;
      if (mesh.dataplanes_changed) SKYDEN_RETURN_IF_ERROR(LookForUses(mesh, policy, use));
      if ((use.before == 0) == (use.after == 0)) continue;
      auto& list = use.before == 0 ? effects_.begins : effects_.stops;
      list.push_back({policy.first, policy.second, use.before, use.after});
    }
    return absl::OkStatus();
  }

  static absl::Status LookForUses(Mesh& mesh, const UseKey& policy, Use& use) {
    const auto direct = mesh.direct.find(policy);
    use = direct == mesh.direct.end() ? Use() : direct->second;
    const auto& [type, key] = policy;
    for (const auto& [name, of_class] : mesh.classes) {
      const auto proxy = matching::ReadProxy(of_class.sample);
      SKYDEN_ASSIGN_OR_RETURN(const MeshPair::Models* models, mesh.pair.Of(of_class.generation));
      if (!proxy.ok()) continue;
      if (matching::PolicyApplies(*models->before, *type, key.name, *proxy)) {
        use.before += of_class.proxies;
      }
      if (matching::PolicyApplies(*models->after, *type, key.name, *proxy)) {
        use.after += of_class.proxies;
      }
    }
    return absl::OkStatus();
  }

  const EffectDeps& deps_;
  const Foresight& foresight_;
  const Bounds& bounds_;
  absl::FunctionRef<bool()> is_late_;
  const Shortcuts& shortcuts_;
  const model::CoreTypes& core_;
  const model::TypeDescriptor& zone_insight_;
  Effects effects_;
  const Comparer comparer_;
  Groups groups_;
  std::set<const model::TypeDescriptor*> looked_at_;
  std::map<std::string, Generation> before_, after_;  // of zones
};

}  // namespace

std::vector<const model::TypeDescriptor*> TypesLookedAt(const model::TypeRegistry& registry) {
  std::vector<const model::TypeDescriptor*> types = matching::MeshModel::Types(registry);
  types.push_back(registry.core().mesh);
  types.push_back(registry.core().dataplane);
  types.push_back(registry.core().zone_insight);
  return types;
}

absl::StatusOr<Effects> EffectsOf(const EffectDeps& deps, const Foresight& foresight,
                                  const Bounds& bounds, absl::FunctionRef<bool()> is_late,
                                  const Shortcuts& shortcuts) {
  return Computation(deps, foresight, bounds, is_late, shortcuts).Run();
}

}  // namespace skyden::preview
