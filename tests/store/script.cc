// SPDX-License-Identifier: Apache-2.0
#include "tests/store/script.h"

#include <algorithm>

#include "absl/synchronization/notification.h"
#include "fmt/format.h"
#include "skyden/base/strings.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/script_text.h"

namespace skyden::store::testing {
namespace {

const std::vector<std::string> kTypes = {"Mesh", "MeshTimeout",  "Dataplane", "Secret",
                                         "Zone", "GlobalSecret", "MeshRetry"};
const std::vector<std::string> kMeshes = {"default", "mesh-2"};
const std::vector<std::string> kZones = {"", "zone-1", "zone-2"};

bool IsGlobal(const std::string& type) {
  return type == "Mesh" || type == "Zone" || type == "GlobalSecret";
}

}  // namespace

Script::Script(Store& store, model::OrganizationScope organization, model::TenantScope scope,
               uint64_t seed, int first_id)
    : store_(store),
      organization_(std::move(organization)),
      scope_(std::move(scope)),
      random_(seed),
      next_id_(first_id) {}

void Script::Say(const std::string& text) { transcript_ += text + "\n"; }
void Script::Say(const std::string& what, const absl::Status& status) {
  Say(what + ": " + status.ToString());
}
void Script::Say(const std::string& what, const std::vector<model::Resource>& resources) {
  Say(what + ":");
  for (const model::Resource& r : resources) Say("  " + Render(r));
}

model::ResourceKey Script::RandomKey(const std::string& type) {
  return {IsGlobal(type) ? "" : Pick(kMeshes), fmt::format("n{}", Below(4))};
}

model::Resource Script::RandomResource() {
  const std::string type = Pick(kTypes);
  model::Resource r = NewResource(type, "", "", fmt::format("spec-{}", Below(1000)));
  r.key = RandomKey(type);
  r.zone = Pick(kZones);
  for (uint64_t i = Below(3); i > 0; --i)
    r.labels[fmt::format("l{}", i)] = std::to_string(Below(9));
  r.modification_time = absl::FromUnixSeconds(static_cast<int64_t>(Below(1'000'000)));
  return r;
}

void Script::Step() {
  ++steps_;
  switch (Below(32)) {
    case 31:
      return Usage();
    case 30:
      return Endings();
    case 29:
      return Sending();
    case 28:
      return Rollouts();
    case 25:
    case 26:
      return History();
    case 27:
      return Deleted();
    case 20:
      return Audit();
    case 21:
      return PruneAudit();
    case 22:
      return Roles();
    case 23:
      return Tokens();
    case 24:
      return Organizations();
    case 0:
      return DeleteMany();
    case 1:
      return Rollback();
    case 2:
      return Pending();
    case 3:
      return Credentials();
    case 4:
      return ZoneCredentials();
    case 5:
      return Directory();
    case 6:
      return ControlPlanes();
    case 7:
    case 8:
      return DeleteOne();
    case 9:
    case 10:
      return ReadChanges();
    case 11:
    case 12:
    case 13:
      return ReadOne();
    default:
      return PutSome();
  }
}

void Script::PutSome() {
  std::vector<model::Resource> resources;
  std::vector<std::optional<uint64_t>> expected;
  for (uint64_t i = 1 + Below(3); i > 0; --i) {
    resources.push_back(RandomResource());
    expected.push_back(Below(3) == 0 ? std::optional<uint64_t>(Below(3)) : std::nullopt);
  }
  const auto done = store_.Write(scope_, [&](WriteTx& tx) {
    for (size_t i = 0; i < resources.size(); ++i) {
      if (absl::Status s = tx.PutResource(resources[i], expected[i]); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
  if (done.ok()) revision_ = *done;
  Say("put", done.status());
  if (done.ok()) Say(fmt::format("at {}", *done), resources);
}

void Script::DeleteOne() {
  const std::string type = Pick(kTypes);
  const auto done = Delete(store_, scope_, type, RandomKey(type));
  if (done.ok()) revision_ = *done;
  Say(fmt::format("delete at {}", revision_), done.status());
}

void Script::DeleteMany() {
  const bool by_mesh = Below(2) == 0;
  const std::string mesh = Pick(kMeshes);
  const std::string zone = Pick(kZones);
  if (!by_mesh) {
    // Each mesh has a statement of its own: one that forgot it would take the other's as well.
    const auto put = store_.Write(scope_, [&](WriteTx& tx) {
      for (const std::string& each : kMeshes) {
        model::Resource r = NewResource("Dataplane", each, "in-both", "in both");
        r.zone = zone;
        if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
      }
      return absl::OkStatus();
    });
    if (put.ok()) revision_ = *put;
    Say("put in both", put.status());
  }
  for (int time = 0; time < 2; ++time) {  // the second finds nothing and takes no revision
    uint64_t count = 0;
    const auto done = store_.Write(scope_, [&](WriteTx& tx) {
      auto result = by_mesh ? tx.DeleteResourcesOfMesh(mesh, {Type("Secret")})
                            : tx.DeleteResourcesOfZone(model::ZoneName(zone));
      if (result.ok()) count = *result;
      return result.status();
    });
    if (done.ok()) revision_ = *done;
    Say(fmt::format("delete of {} {} at {}", by_mesh ? mesh : zone, count, revision_),
        done.status());
  }
}

// Does a lot, then thinks better of it.
void Script::Rollback() {
  model::Resource r = RandomResource();
  std::string seen;
  const auto done = store_.Write(scope_, [&](WriteTx& tx) {
    seen.clear();
    if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
    for (const std::string& type : kTypes) {
      seen += fmt::format("{} ", tx.CountResources(Type(type), std::nullopt).value_or(999));
    }
    tx.DeleteResourcesOfMesh("default", {}).IgnoreError();
    tx.DeleteResource(r.type, r.key).IgnoreError();
    return absl::CancelledError("never mind");
  });
  Say("roll back " + seen, done.status());
}

void Script::ReadOne() {
  const std::string type = Pick(kTypes);
  const model::ResourceKey key = RandomKey(type);
  const std::string mesh = IsGlobal(type) ? "" : Pick(kMeshes);
  const std::string zone = Pick(kZones);
  const absl::Status status = store_.Read(scope_, [&](ReadTx& tx) {
    const auto found = tx.FindResource(Type(type), key);
    Say(found.ok() && found->has_value() ? Render(**found) : found.status().ToString());
    Say(RenderAll(tx.ListResources(Type(type), std::nullopt)));
    Say(RenderAll(tx.ListResources(Type(type), mesh)));
    Say(RenderAll(tx.ListResourcesOfZone(Type(type), model::ZoneName(zone))));
    Say(fmt::format("{} {} {}", tx.CountResources(Type(type), std::nullopt).value_or(999),
                    tx.CountResources(Type(type), mesh).value_or(999),
                    tx.CurrentRevision().value_or(999)));
    std::string counts;
    for (const ResourceCount& each : tx.ListCounts().value_or(std::vector<ResourceCount>())) {
      counts += fmt::format("{} {} {}; ", Registry().at(each.type).name, each.mesh, each.live);
    }
    Say(counts);
    const auto own = tx.ControlPlane();
    Say(own.ok() ? Render(*own) : own.status().ToString());
    return absl::OkStatus();
  });
  Say("read", status);
}

void Script::ReadChanges() {
  const std::string type = Pick(kTypes);
  const model::Revision since = revision_ - std::min(revision_, model::Revision{Below(40)});
  const auto changes = Changes(store_, scope_, type, since);
  Say(fmt::format("changes of {} since {}: ", type, since) + RenderAll(changes));
}

void Script::ReadAll() {
  for (const std::string& type : kTypes) {
    Say(type, List(store_, scope_, type));
    Say(fmt::format("{}", Count(store_, scope_, type)));
    Say(RenderAll(Changes(store_, scope_, type, 0)));
  }
}

void Script::Pending() {
  const bool add = Below(2) == 0;
  const PendingKey key{Type(Below(2) == 0 ? "Secret" : "GlobalSecret"),
                       {Pick(kMeshes), fmt::format("k{}", Below(2))},
                       absl::FromUnixSeconds(static_cast<int64_t>(Below(100)))};
  const auto done = store_.Write(
      scope_, [&](WriteTx& tx) { return add ? tx.AddPendingKey(key) : tx.RemovePendingKey(key); });
  Say("pending", done.status());
  std::string keys;
  const absl::Status read = store_.Read(scope_, [&](ReadTx& tx) {
    const auto list = tx.ListPendingKeys();
    if (!list.ok()) return list.status();
    for (const PendingKey& k : *list) {
      keys += fmt::format("{}:{}/{}@{} ", Registry().at(k.type).name, k.key.mesh, k.key.name,
                          absl::ToUnixSeconds(k.creation_time));
    }
    return absl::OkStatus();
  });
  Say("keys " + keys, read);
}

void Script::Credentials() {
  const AccountRecord account = NewAccount(next_id_, fmt::format("robot-{}", next_id_));
  ++next_id_;
  const model::TokenId token(fmt::format("tok{}", next_id_++));
  const model::TokenId session(fmt::format("tok{}", next_id_++));
  const absl::Status made = store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
    if (absl::Status s = tx.InsertToken(NewToken(token.str(), account)); !s.ok()) return s;
    return tx.InsertToken(NewSession(session.str(), account, token.str()));
  });
  Say("account", made);
  if (made.ok()) {
    accounts_.push_back(account);
    tokens_.push_back(token);
  }
  const model::TokenId revoked = tokens_.empty() ? token : tokens_[Below(tokens_.size())];
  Say("revoke", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    return tx.RevokeToken(revoked, absl::FromUnixSeconds(steps_));
  }));
  const auto owner = store_.FindToken(System(), revoked);
  Say(owner.ok() && owner->has_value()
          ? Render((*owner)->token) + " " + Render((*owner)->account) + " " +
                (*owner)->control_plane.value_or(model::ControlPlaneId()).str()
          : owner.status().ToString());
  if (accounts_.size() > 4) {
    const size_t which = Below(accounts_.size());
    const model::AccountId gone = accounts_[which].id;
    Say("end account", store_.WriteDirectory(
                           organization_, [&](DirectoryTx& tx) { return tx.DeleteAccount(gone); }));
    accounts_.erase(accounts_.begin() + static_cast<ptrdiff_t>(which));
  }
}

// What an account may do, and what is written about it.
void Script::Roles() {
  if (accounts_.empty()) return;
  AccountRecord& account = accounts_[Below(accounts_.size())];
  RoleRecord role;
  role.id = model::RoleId(fmt::format("role{}", next_id_++));
  role.account = account.id;
  role.role = Below(2) == 0 ? model::Role::kAdmin : model::Role::kViewer;
  const size_t on = Below(control_planes_.size() + 2);
  if (on > 0) {
    const model::TenantScope& there = on == 1 ? scope_ : control_planes_[on - 2];
    role.tenant = there.tenant();
    role.control_plane = there.control_plane();
  }
  Say("role",
      store_.WriteDirectory(organization_, [&](DirectoryTx& tx) { return tx.InsertRole(role); }));
  account.name = fmt::format("robot-{}", next_id_);
  account.description = fmt::format("about {}", Below(9));
  account.preferred_name = fmt::format("p{}", Below(9));
  account.email = Below(3) == 0 ? "" : fmt::format("m{}@example", Below(4));
  account.subject = Below(3) == 0 ? fmt::format("subject-{}", Below(3)) : "";
  account.active = Below(2) == 0;
  account.updated_at = absl::FromUnixSeconds(steps_);
  Say("update", store_.WriteDirectory(organization_,
                                      [&](DirectoryTx& tx) { return tx.UpdateAccount(account); }));
  AccountRecord person = NewAccount(next_id_++, "person");
  person.kind = AccountRecord::Kind::kUser;
  person.subject = fmt::format("subject-{}", Below(3));
  Say("person", store_.WriteDirectory(organization_,
                                      [&](DirectoryTx& tx) { return tx.InsertAccount(person); }));
  // Some are deleted while several roles of several accounts are there.
  std::string list;
  const absl::Status deleted = store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    list.clear();
    for (const AccountRecord& one : accounts_) {
      const auto roles = tx.ListRoles(one.id);
      if (!roles.ok()) return roles.status();
      list += RenderAll(roles);
      if (roles->size() > 2) {
        if (absl::Status s = tx.DeleteRole(one.id, roles->front().id); !s.ok()) return s;
        // Another's id does not delete mine, nor mine another's.
        list += tx.DeleteRole(account.id, model::RoleId("none")).ToString();
        list += tx.DeleteRole(model::AccountId("none"), roles->back().id).ToString();
      }
    }
    return absl::OkStatus();
  });
  Say("roles " + list, deleted);
  Teams();
}

void Script::Tokens() {
  if (tokens_.empty()) return;
  const size_t which = Below(tokens_.size());
  const model::TokenId id = tokens_[which];
  const absl::Time now = absl::FromUnixSeconds(steps_);
  Say("tokens", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    if (absl::Status s = tx.TouchToken(id, now); !s.ok()) return s;
    return tx.RenameToken(id, fmt::format("name-{}", steps_), now);
  }));
  const auto owner = store_.FindToken(System(), id);
  if (owner.ok() && owner->has_value()) {
    Say(Render((*owner)->token) +
        RenderAll(absl::StatusOr<std::vector<RoleRecord>>((*owner)->roles)));
  }
  if (Below(3) != 0) return;
  tokens_.erase(tokens_.begin() + static_cast<ptrdiff_t>(which));
  Say("no token",
      store_.WriteDirectory(organization_, [&](DirectoryTx& tx) { return tx.DeleteToken(id); }));
}

// An organization of its own that comes and goes.
void Script::Organizations() {
  OrganizationRecord record;
  record.id = model::OrganizationId(Uuid(next_id_++));
  record.name = "short-lived";
  const auto key = store_.InsertOrganization(System(), record);
  Say("organization", key.status());
  if (!key.ok()) return;
  const AccountRecord account = NewAccount(next_id_++, "inside");
  const model::TokenId token(fmt::format("tok{}", next_id_++));
  const auto inside = System().In(*key);
  ControlPlaneRecord owned = ControlPlaneOf(next_id_++, "owned");
  RoleRecord role;
  role.id = model::RoleId("role");
  role.account = account.id;
  Say("inside", store_.WriteDirectory(inside, [&](DirectoryTx& tx) {
    if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
    if (absl::Status s = tx.InsertRole(role); !s.ok()) return s;
    if (absl::Status s = tx.InsertToken(NewToken(token.str(), account)); !s.ok()) return s;
    return tx.InsertControlPlane(owned);
  }));
  const auto found = store_.FindOrganization(System(), record.id);
  Say(found.ok() && found->has_value() ? (*found)->name : "none");
  const absl::Time now = absl::FromUnixSeconds(steps_);
  Say("too early", store_.EndOrganization(System(), *key, now));
  Say("empty", store_.WriteDirectory(inside, [&](DirectoryTx& tx) {
    return tx.DeleteControlPlane(owned.id).status();
  }));
  Say("ended", store_.EndOrganization(System(), *key, now));
  Say("ended twice", store_.EndOrganization(System(), *key, now));
  Say("too late", store_.WriteDirectory(inside, [&](DirectoryTx& tx) {
    return tx.InsertAccount(NewAccount(next_id_, "late"));
  }));
  const model::OrganizationId hidden(fmt::format("#{}", static_cast<int64_t>(*key)));
  const auto again = store_.FindOrganization(System(), hidden);
  Say(again.ok() && again->has_value() ? "visible" : "gone");
  const auto all = store_.ListOrganizations(System());
  const bool listed = all.ok() && std::any_of(all->begin(), all->end(),
                                              [&](const auto& one) { return one.key == *key; });
  Say(listed ? "listed" : "not listed");
}

void Script::ZoneCredentials() {
  AccountRecord account = NewAccount(next_id_++, "zone");
  account.kind = AccountRecord::Kind::kZone;
  account.tenant = scope_.tenant();
  account.zone = model::ZoneName(kZones[1 + Below(2)]);
  const model::TokenId token(fmt::format("tok{}", next_id_++));
  const auto made = store_.Write(scope_, [&](WriteTx& tx) {
    if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
    return tx.InsertToken(NewToken(token.str(), account));
  });
  Say("zone account", made.status());
  if (made.ok()) tokens_.push_back(token);
  if (Below(3) != 0) return;
  uint64_t tokens = 0;
  const model::ZoneName zone(kZones[1 + Below(2)]);
  const auto ended = store_.Write(scope_, [&](WriteTx& tx) {
    const auto result = tx.DeleteZoneCredentials(zone);
    tokens = result.value_or(0);
    return result.status();
  });
  Say(fmt::format("end zone, tokens {}", tokens), ended.status());
}

void Script::Directory() {
  const absl::Status status = store_.ReadDirectory(organization_, [&](DirectoryReadTx& tx) {
    for (const auto kind : {AccountRecord::Kind::kUser, AccountRecord::Kind::kSystemAccount,
                            AccountRecord::Kind::kZone}) {
      Say(RenderAll(tx.ListAccounts(kind)));
      Say(fmt::format("{}", tx.CountAccounts(kind).value_or(999)));
    }
    const auto self = tx.Organization();
    Say(self.ok() ? self->name : self.status().ToString());
    for (const std::string& subject : {std::string(), fmt::format("subject-{}", Below(3))}) {
      const auto by_subject = tx.FindAccountBySubject(subject);
      Say(by_subject.ok() && by_subject->has_value() ? Render(**by_subject)
                                                     : by_subject.status().ToString());
    }
    if (!accounts_.empty()) {
      const model::AccountId& id = accounts_[Below(accounts_.size())].id;
      const auto found = tx.FindAccount(id);
      Say(found.ok() && found->has_value() ? Render(**found) : found.status().ToString());
      Say(RenderAll(tx.ListTokens(id)));
      Say(RenderAll(tx.ListSessions(id)));
      Say(RenderAll(tx.ListRoles(id)));
    }
    Say(RenderAll(tx.ListSessions(std::nullopt)));
    Say(RenderAll(tx.ListControlPlanes()));
    const auto own = tx.FindControlPlane(scope_.control_plane());
    Say(own.ok() && own->has_value() ? Render(**own) : own.status().ToString());
    return absl::OkStatus();
  });
  Say("directory", status);
}

void Script::ControlPlanes() {
  ControlPlaneRecord record = ControlPlaneOf(next_id_++, fmt::format("cp-{}", Below(5)));
  const absl::Status made = store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    if (absl::Status s = tx.InsertControlPlane(record); !s.ok()) return s;
    auto inside = tx.Enter(System().In(record.organization, record.tenant, record.id));
    if (!inside.ok()) return inside.status();
    model::Resource mesh = NewResource("Mesh", "", "default");
    if (absl::Status s = (*inside)->PutResource(mesh); !s.ok()) return s;
    AccountRecord bound = NewAccount(next_id_ + 500'000, "bound");
    bound.kind = AccountRecord::Kind::kZone;
    bound.tenant = record.tenant;
    return tx.InsertAccount(bound);
  });
  Say("new control plane", made);
  if (made.ok())
    control_planes_.push_back(System().In(record.organization, record.tenant, record.id));
  const auto found = store_.FindControlPlane(System(), record.id);
  Say(found.ok() && found->has_value() ? Render(**found) : found.status().ToString());
  record.description = "changed";
  Say("change", store_.WriteDirectory(
                    organization_, [&](DirectoryTx& tx) { return tx.UpdateControlPlane(record); }));
  const std::optional<Suspension> rest =
      Below(2) == 0 ? std::optional(Suspension{absl::UnixEpoch(), absl::FromUnixSeconds(9), "rest"})
                    : std::nullopt;
  const model::ControlPlaneId& resting = Below(3) == 0 || control_planes_.empty()
                                             ? scope_.control_plane()
                                             : control_planes_.front().control_plane();
  Say("suspend", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    return tx.SetSuspension(resting, rest);
  }));
  if (control_planes_.size() < 3) return;
  const size_t which = Below(control_planes_.size());
  const model::TenantScope gone = control_planes_[which];
  control_planes_.erase(control_planes_.begin() + static_cast<ptrdiff_t>(which));
  // Inside the transaction that deletes it, and when it is answered: its rows are still there then.
  const bool was_inside = Below(2) == 0;
  absl::Notification answered;
  std::string said;
  store_.WriteDirectoryAsync(
      organization_,
      [&](DirectoryTx& tx) {
        WriteTx* const before = was_inside ? tx.Enter(gone).value_or(nullptr) : nullptr;
        if (auto tokens = tx.DeleteControlPlane(gone.control_plane()); !tokens.ok()) {
          return tokens.status();
        }
        said = tx.Enter(gone).status().ToString() + RenderAll(tx.ListControlPlanes());
        if (before != nullptr) said += before->ControlPlane().status().ToString();
        return absl::OkStatus();
      },
      [&](absl::Status status) {
        const model::ControlPlaneId inside(fmt::format("#{}", static_cast<int64_t>(gone.tenant())));
        const auto hidden = store_.FindControlPlane(System(), inside);
        said += status.ToString() + (hidden.ok() && hidden->has_value() ? " visible" : "");
        said += store_.Read(gone, [](ReadTx&) { return absl::OkStatus(); }).ToString();
        answered.Notify();
      });
  answered.WaitForNotification();
  Say("end control plane " + said);
}

// Without numbers and hashes: others of the same organization write into the same chain.
void Script::Say(const std::string& what, const absl::StatusOr<AuditPage>& page) {
  Say(what, page.status());
  if (!page.ok()) return;
  for (const AuditEntry& e : page->entries) {
    Say(fmt::format("  {} {} {} {} {}", e.actor_name, e.note.action, e.note.object_type,
                    e.note.object_name, e.note.detail));
  }
}

// In its own control plane: the whole of it, from either end, and page by page.
void Script::Audit() {
  const absl::Time at = absl::FromUnixSeconds(steps_);
  const std::string name = fmt::format("object-{}", Below(3));
  const bool fails = Below(4) == 0;
  const auto done = store_.Write(scope_, [&](WriteTx& tx) {
    tx.Audit({at, "test.note", "Thing", name, "{\"n\":1}"});
    tx.Audit({at, "test.more", "Thing", name, ""});
    return fails ? absl::CancelledError("never mind") : absl::OkStatus();
  });
  Say("audit", done.status());
  const absl::Status read = store_.Read(scope_, [&](ReadTx& tx) {
    AuditQuery query;
    query.limit = 3;
    auto page = tx.ListAudit(query);
    Say("newest", page);
    if (page.ok() && page->next.has_value()) {
      query.beyond = page->next;
      Say("before those", tx.ListAudit(query));
    }
    query.order = AuditQuery::Order::kOldestFirst;
    query.beyond = std::nullopt;
    page = tx.ListAudit(query);
    Say("oldest", page);
    if (page.ok() && page->next.has_value()) {
      query.beyond = page->next;
      Say("after those", tx.ListAudit(query));
    }
    return absl::OkStatus();
  });
  Say("read audit", read);
}

// About things of the organization that are its own; reads back only what it wrote, because others
// of the organization write too.
void Script::PruneAudit() {
  const std::string mine = fmt::format("mine-{}", next_id_);
  const std::string reader = fmt::format("reader-{}", scope_.control_plane().str());
  const uint64_t place = Below(100);
  uint64_t removed = 0;
  const absl::Status done = store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    tx.Audit({absl::FromUnixSeconds(steps_), "test.organization", "Thing", mine, ""});
    tx.Audit({absl::FromUnixSeconds(steps_), "test.organization", "Thing", mine, ""});
    if (absl::Status s = tx.SetAuditMark({}, reader, place); !s.ok()) return s;
    // What is removed is nobody's in particular: numbers before the first.
    auto result = tx.PruneAudit({}, 0, 1);
    removed = result.value_or(999);
    return result.status();
  });
  Say(fmt::format("prune {}", removed), done);
  const absl::Status read = store_.ReadDirectory(organization_, [&](DirectoryReadTx& tx) {
    AuditQuery query;
    query.object_name = mine;
    Say("own entries", tx.ListAudit(query));
    query.order = AuditQuery::Order::kOldestFirst;
    query.limit = 1;
    const auto page = tx.ListAudit(query);
    Say("again", page);
    if (page.ok()) query.beyond = page->next;
    Say("after that", tx.ListAudit(query));
    query.beyond = std::nullopt;
    query.object_name.clear();
    query.control_plane = scope_.control_plane();
    query.limit = 2;
    Say("of the control plane", tx.ListAudit(query));
    query.order = AuditQuery::Order::kNewestFirst;
    Say("and newest first", tx.ListAudit(query));
    query.chain = scope_.tenant();
    Say("of its chain", tx.ListAudit(query));
    query.order = AuditQuery::Order::kOldestFirst;
    query.beyond = 2;
    Say("from the third on", tx.ListAudit(query));
    auto marks = tx.ListAuditMarks({});
    for (const AuditMark& mark : marks.value_or(std::vector<AuditMark>())) {
      if (mark.name == reader) Say(fmt::format("mark {} {}", mark.sequence, mark.genuine));
    }
    return marks.status();
  });
  Say("read audit", read);
}

}  // namespace skyden::store::testing
