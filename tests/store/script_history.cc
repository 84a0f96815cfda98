// SPDX-License-Identifier: Apache-2.0
// The steps about what is past: what people wrote, and control planes that were deleted and are
// kept.
#include <algorithm>

#include "fmt/format.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/history.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/script.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {
namespace {

std::string Render(const absl::StatusOr<HistoryPage>& page) {
  if (!page.ok()) return page.status().ToString();
  std::string out;
  for (const HistoryEntry& e : page->entries) {
    out += fmt::format("{} {} {} {}/{} by {}; ", e.revision, NameOf(e.action),
                       Registry().at(e.type).name, e.key.mesh, e.key.name, e.actor_name);
  }
  return out + (page->next.has_value() ? "more" : "end");
}

std::string RenderPast(const model::Resource& r) {
  std::string labels;
  for (const auto& [key, value] : r.labels) labels += fmt::format("{}={},", key, value);
  return fmt::format("{}/{} {} {} rev={} ver={}; ", r.key.mesh, r.key.name, labels, r.spec,
                     r.revision, r.version);
}

std::string RenderPast(const absl::StatusOr<std::vector<model::Resource>>& all) {
  if (!all.ok()) return all.status().ToString();
  std::string out;
  for (const model::Resource& r : *all) out += RenderPast(r);
  return out;
}

}  // namespace

void Script::History() {
  // Made, deleted with its mesh, all in one revision; and what was there before goes with it.
  model::Resource fleeting = NewResource("MeshTimeout", "mesh-2", fmt::format("n{}", Below(4)));
  model::Resource staying = NewResource("Secret", "mesh-2", "s", fmt::format("s{}", Below(9)));
  // Of the same name, in another mesh and of another type, in the same revision.
  model::Resource twin = NewResource("Secret", "default", "s", fmt::format("t{}", Below(9)));
  model::Resource namesake =
      NewResource("MeshTimeout", "mesh-2", "s", fmt::format("u{}", Below(9)));
  const bool deletes = Below(3) == 0;
  const auto done = store_.Write(scope_, [&](WriteTx& tx) -> absl::Status {
    if (absl::Status s = tx.PutResource(staying); !s.ok()) return s;
    if (absl::Status s = tx.PutResource(twin); !s.ok()) return s;
    if (absl::Status s = tx.PutResource(namesake); !s.ok()) return s;
    if (absl::Status s = tx.PutResource(fleeting); !s.ok()) return s;
    if (!deletes) return absl::OkStatus();
    return tx.DeleteResourcesOfMesh("mesh-2", {}).status();
  });
  if (done.ok()) revision_ = *done;
  Say("past", done.status());
  const std::string type = deletes ? "MeshTimeout" : Below(2) == 0 ? "Secret" : "Mesh";
  const model::ResourceKey key = RandomKey(type);
  if (Below(2) == 0) {
    // Sealed again, so that what was sealed before can be told from what is another's.
    Say("reseal",
        store_.Write(scope_, [](WriteTx& tx) { return tx.ResealSecrets().status(); }).status());
  }
  const absl::Status read = store_.Read(scope_, [&](ReadTx& tx) {
    const auto span = tx.FindHistorySpan();
    if (!span.ok()) return span.status();
    Say(fmt::format("from {} to {}, {} bytes", span->oldest, span->current, span->bytes));
    HistoryQuery query;
    query.limit = 3;
    auto page = tx.ListHistory(query);
    Say(Render(page));
    for (int i = 0; i < 3 && page.ok() && page->next.has_value(); ++i) {
      query.beyond = page->next;
      page = tx.ListHistory(query);
      Say(Render(page));
    }
    query = {};
    query.types = {Type(type)};
    query.mesh = key.mesh;
    query.name = key.name;
    query.limit = 2;
    page = tx.ListHistory(query);
    Say(Render(page));
    if (page.ok() && page->next.has_value()) {
      query.beyond = page->next;
      Say(Render(tx.ListHistory(query)));
    }
    for (const std::string& each : {type, std::string("Secret")}) {
      const model::Revision at =
          span->oldest + Below(std::max<uint64_t>(span->current - span->oldest, 1));
      Say(fmt::format("{} at {}: ", each, at) +
          RenderPast(tx.ListResourcesAt(Type(each), std::nullopt, at)));
      for (int n = 0; n < 4; ++n) {
        const model::ResourceKey one{key.mesh.empty() ? "mesh-2" : key.mesh, fmt::format("n{}", n)};
        const auto found = tx.FindResourceAt(Type(each), each == type ? key : one, at);
        Say(found.ok() ? (found->has_value() ? RenderPast(**found) : "none")
                       : found.status().ToString());
      }
      const auto secret = tx.FindResourceAt(Type(each), {"mesh-2", "s"}, at);
      Say(secret.ok() ? (secret->has_value() ? RenderPast(**secret) : "none")
                      : secret.status().ToString());
    }
    return absl::OkStatus();
  });
  Say("read past", read);
  if (Below(6) != 0) return;
  uint64_t pruned = 0;
  const auto less = store_.Write(scope_, [&](WriteTx& tx) {
    auto removed = tx.PruneHistory(absl::FromUnixSeconds(steps_ - 40));
    pruned = removed.value_or(999);
    return removed.status();
  });
  Say(fmt::format("pruned {}", pruned), less.status());
}

// One of its own, with somebody on it, that goes and comes back or does not.
void Script::Deleted() {
  ControlPlaneRecord record = ControlPlaneOf(next_id_++, fmt::format("kept-{}", Below(3)));
  AccountRecord bound = NewAccount(next_id_++, "bound");
  bound.kind = AccountRecord::Kind::kZone;
  bound.zone = model::ZoneName("east");
  const model::TokenId token(fmt::format("tok{}", next_id_++));
  RoleRecord role;
  role.id = model::RoleId(fmt::format("role{}", next_id_++));
  role.role = model::Role::kViewer;
  role.control_plane = record.id;
  const AccountRecord holder = NewAccount(next_id_, fmt::format("holder-{}", next_id_));
  ++next_id_;
  role.account = holder.id;
  const absl::Status made = store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    if (absl::Status s = tx.InsertControlPlane(record); !s.ok()) return s;
    auto inside = tx.Enter(System().In(record.organization, record.tenant, record.id));
    if (!inside.ok()) return inside.status();
    model::Resource secret = NewResource("Secret", "default", "s", "hidden");
    if (absl::Status s = (*inside)->PutResource(secret); !s.ok()) return s;
    bound.tenant = record.tenant;
    role.tenant = record.tenant;
    if (absl::Status s = tx.InsertAccount(bound); !s.ok()) return s;
    if (absl::Status s = tx.InsertToken(NewToken(token.str(), bound)); !s.ok()) return s;
    if (absl::Status s = tx.InsertAccount(holder); !s.ok()) return s;
    return tx.InsertRole(role);
  });
  Say("one to keep", made);
  if (!made.ok()) return;
  // One that is kept beside it, whatever becomes of that.
  ControlPlaneRecord beside = ControlPlaneOf(next_id_++, "beside");
  Say("another", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    return tx.InsertControlPlane(beside);
  }));
  Say("shelve it", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    return tx.ShelveControlPlane(beside.id, absl::FromUnixSeconds(steps_)).status();
  }));
  const model::TenantScope inside = System().In(record.organization, record.tenant, record.id);
  const auto look = [&](const std::string& when) {
    const auto owner = store_.FindToken(System(), token);
    const auto found = store_.FindControlPlane(System(), record.id);
    std::string said = owner.ok() && owner->has_value() ? " token" : "";
    if (found.ok() && found->has_value()) said += " there as " + (*found)->name;
    const absl::Status read = store_.ReadDirectory(organization_, [&](DirectoryReadTx& tx) {
      const auto roles = tx.ListRoles(holder.id);
      if (roles.ok()) said += fmt::format(" {} roles", roles->size());
      const auto all = tx.ListDeletedControlPlanes();
      if (!all.ok()) return all.status();
      said += fmt::format(" {} kept", all->size());
      for (const DeletedControlPlane& one : *all) {
        if (one.id == record.id) {
          said += fmt::format(" kept as {} since {} by {}", one.name,
                              absl::ToUnixSeconds(one.deleted_at), one.actor_name);
        }
      }
      return absl::OkStatus();
    });
    const absl::Status opened =
        store_.Read(inside, [&](ReadTx& tx) { return tx.FindHistorySpan().status(); });
    Say(when + said + " " + read.ToString() + opened.ToString());
  };
  look("before");
  Say("shelve", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    return tx.ShelveControlPlane(record.id, absl::FromUnixSeconds(steps_)).status();
  }));
  look("kept");
  if (Below(2) == 0) {
    Say("reseal what is kept", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
      return tx.ResealDeletedControlPlane(record.id).status();
    }));
    look("sealed anew");
  }
  // Another's, or none's, is not there.
  Say("none", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    return tx.UndeleteControlPlane(scope_.control_plane(), "").status();
  }));
  const auto end = [&](const model::ControlPlaneId& id) {
    return store_.WriteDirectory(organization_,
                                 [&](DirectoryTx& tx) { return tx.EndDeletedControlPlane(id); });
  };
  if (Below(3) == 0) {
    Say("end it", end(record.id));
    look("ended");
    return Say("end the other", end(beside.id));
  }
  // Drawn outside: the store may run what it is given again.
  const std::string name = Below(2) == 0 ? "" : "back";
  Say("undelete", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    return tx.UndeleteControlPlane(record.id, name).status();
  }));
  look("back");
  Say("end the other", end(beside.id));
  const auto secret = Find(store_, inside, "Secret", {"default", "s"});
  Say(secret.has_value() ? secret->spec : "no secret");
  Say("gone for good", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    if (absl::Status s = tx.DeleteAccount(holder.id); !s.ok()) return s;
    return tx.DeleteControlPlane(record.id).status();
  }));
}

}  // namespace skyden::store::testing
