// SPDX-License-Identifier: Apache-2.0
#include "tests/store/history.h"

#include <algorithm>
#include <deque>
#include <set>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "fmt/format.h"
#include "skyden/base/strings.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/raw_database.h"

namespace skyden::store::testing {
namespace {

constexpr int kControlPlanes = 3;
constexpr int kNames = 6;
constexpr uint64_t kSpecBytesMax = 9000;  // over two pages
const std::vector<std::string> kTypes = {"MeshTimeout", "MeshRetry", "Dataplane", "Secret"};

AccountRecord AccountOf(int number) {
  return NewAccount(number, fmt::format("account-{}", number));
}
std::string TokenOf(int number) { return fmt::format("token{}", number); }
bool MakesControlPlane(int number) { return number % 3 == 0; }
constexpr int kFirstControlPlane = 1'000'000;

// One request of the directory: two rows that belong together.
absl::Status MakePair(DirectoryTx& tx, int number) {
  if (!MakesControlPlane(number)) {
    if (absl::Status s = tx.InsertAccount(AccountOf(number)); !s.ok()) return s;
    return tx.InsertToken(NewToken(TokenOf(number), AccountOf(number)));
  }
  ControlPlaneRecord record = ControlPlaneOf(kFirstControlPlane + number);
  if (absl::Status s = tx.InsertControlPlane(record); !s.ok()) return s;
  auto inside = tx.Enter(System().In(record.organization, record.tenant, record.id));
  if (!inside.ok()) return inside.status();
  model::Resource mesh = NewResource("Mesh", "", "default");
  return (*inside)->PutResource(mesh);
}

}  // namespace

bool History::SetUp(Store& store) {
  OrganizationRecord record;
  record.id = model::OrganizationId(Uuid(1));
  record.name = "organization";
  const auto key = store.InsertOrganization(System(), record);
  if (!key.ok()) return false;
  organization_ = System().In(*key);
  for (int i = 0; i < kControlPlanes; ++i) {
    ControlPlaneRecord cp = ControlPlaneOf(i + 1);
    const absl::Status made = store.WriteDirectory(
        *organization_, [&cp](DirectoryTx& tx) { return tx.InsertControlPlane(cp); });
    if (!made.ok()) return false;
    control_planes_.emplace_back(System().In(*key, cp.tenant, cp.id));
  }
  return true;
}

History::Request History::NewRequest() {
  Request request;
  if (random_() % 6 == 0) {
    request.number = next_number_++;
    return request;
  }
  request.control_plane = random_() % control_planes_.size();
  request.thinks_better = random_() % 10 == 0;
  for (uint64_t i = 1 + random_() % 4; i > 0; --i) {
    const std::string& type = kTypes[random_() % kTypes.size()];
    Key key{type, {"default", fmt::format("n{}", random_() % kNames)}};
    if (random_() % 5 == 0) {
      request.changes.emplace_back(std::move(key), std::nullopt);
      continue;
    }
    std::string spec = fmt::format("{}:", next_number_++);
    spec.resize(spec.size() + random_() % kSpecBytesMax, 'x');
    request.changes.emplace_back(std::move(key), std::move(spec));
  }
  return request;
}

void History::Submit(Store& store, Request& request, absl::AnyInvocable<void(absl::Status)> done) {
  if (request.changes.empty()) {
    store.WriteDirectoryAsync(
        *organization_, [number = request.number](DirectoryTx& tx) { return MakePair(tx, number); },
        std::move(done));
    return;
  }
  auto change = [&request](WriteTx& tx) -> absl::Status {
    for (const auto& [key, spec] : request.changes) {
      absl::Status status;
      if (spec.has_value()) {
        model::Resource r = NewResource(key.first, key.second.mesh, key.second.name, *spec);
        status = tx.PutResource(r);
      } else {
        status = tx.DeleteResource(Type(key.first), key.second);
        if (absl::IsNotFound(status)) status = absl::OkStatus();
      }
      if (!status.ok()) return status;
    }
    return request.thinks_better ? absl::CancelledError("never mind") : absl::OkStatus();
  };
  store.WriteAsync(
      control_planes_[request.control_plane].scope, WritePlan::ReadsAnything(), std::move(change),
      [done = std::move(done)](absl::StatusOr<model::Revision> r) mutable { done(r.status()); });
}

void History::Take(Request& request, const absl::Status& status) {
  answers_.try_emplace(status.code(), base::ToStd(status.message()));
  if (status.ok()) {
    request.answer = Answer::kAcknowledged;
    ++acknowledged_;
  } else if (absl::IsUnavailable(status)) {
    request.answer = Answer::kOpen;
    ++open_;
  } else {
    request.answer = Answer::kRefused;
    ++refused_;
  }
}

void History::Play(Store& store, int requests) {
  std::deque<Request> batch;
  std::deque<absl::Status> statuses(static_cast<size_t>(requests));
  for (int i = 0; i < requests; ++i) batch.push_back(NewRequest());
  // The first request holds the writer until the others wait behind it.
  absl::Notification all_wait;
  absl::BlockingCounter answered(requests + 1);
  store.WriteDirectoryAsync(
      *organization_,
      [&all_wait](DirectoryTx&) {
        all_wait.WaitForNotification();
        return absl::OkStatus();
      },
      [&answered](const absl::Status&) { answered.DecrementCount(); });
  for (size_t i = 0; i < batch.size(); ++i) {
    Submit(store, batch[i], [&answered, &status = statuses[i]](absl::Status said) {
      status = std::move(said);
      answered.DecrementCount();
    });
  }
  all_wait.Notify();
  answered.Wait();
  for (size_t i = 0; i < batch.size(); ++i) {
    Take(batch[i], statuses[i]);
    since_check_.push_back(std::move(batch[i]));
  }
}

// A request that changes nothing (deletes of what is not there) takes no revision.
void History::Apply(ControlPlane& cp, const Changes& changes) {
  bool changed = false;
  for (const auto& [key, spec] : changes) {
    if (spec.has_value()) {
      cp.rows[key] = {*spec, cp.revision + 1};
      changed = true;
    } else {
      changed |= cp.rows.erase(key) > 0;
    }
  }
  if (changed) ++cp.revision;
}

std::map<History::Key, History::Row> History::ReadRows(Store& store, const ControlPlane& cp,
                                                       Verdict& verdict) {
  std::map<Key, Row> rows;
  for (const std::string& type : kTypes) {
    uint64_t live = 0;
    for (const model::Resource& r : List(store, cp.scope, type)) {
      rows[{type, r.key}] = {r.spec, r.revision};
      ++live;
    }
    if (Count(store, cp.scope, type) != live) verdict.wrong.push_back(type + " is miscounted");
    const auto changes = testing::Changes(store, cp.scope, type, 0);
    if (!changes.ok()) {
      verdict.wrong.push_back("no list of changes");
      continue;
    }
    const auto alive = std::count_if(changes->begin(), changes->end(),
                                     [](const model::Resource& r) { return !r.deleted; });
    if (static_cast<uint64_t>(alive) != live) verdict.wrong.push_back("changes are not the list");
  }
  return rows;
}

void History::CheckRows(Store& store, ControlPlane& cp, Verdict& verdict) {
  const size_t index = static_cast<size_t>(&cp - control_planes_.data());
  model::Revision stored = 0;
  const absl::Status read = store.Read(cp.scope, [&stored](ReadTx& tx) {
    auto revision = tx.CurrentRevision();
    if (revision.ok()) stored = *revision;
    return revision.status();
  });
  if (!read.ok()) {
    verdict.lost.push_back(fmt::format("control plane {}: {}", index, read.ToString()));
    return;
  }
  for (const Request& request : since_check_) {
    if (request.changes.empty() || request.control_plane != index) continue;
    const bool there =
        request.answer == Answer::kAcknowledged ||
        (request.answer == Answer::kOpen && !request.thinks_better && cp.revision < stored);
    if (there) Apply(cp, request.changes);
  }
  if (stored < cp.revision) {
    verdict.lost.push_back(
        fmt::format("control plane {}: revision {} of {}", index, stored, cp.revision));
  }
  if (stored > cp.revision) {
    verdict.wrong.push_back(
        fmt::format("control plane {}: revision {}, not over {}", index, stored, cp.revision));
  }
  std::map<Key, Row> rows = ReadRows(store, cp, verdict);
  if (stored == cp.revision && rows != cp.rows) {
    verdict.wrong.push_back(fmt::format("control plane {}: not as of revision {}", index, stored));
  }
  cp.revision = stored;
  cp.rows = std::move(rows);
}

void History::CheckDirectory(Store& store, Verdict& verdict) {
  std::set<std::string> accounts;
  std::set<std::string> control_planes;
  std::set<std::string> tokens;
  std::vector<model::TenantScope> made;
  const absl::Status read = store.ReadDirectory(*organization_, [&](DirectoryReadTx& tx) {
    const auto a = tx.ListAccounts(AccountRecord::Kind::kSystemAccount);
    const auto c = tx.ListControlPlanes();
    if (!a.ok()) return a.status();
    if (!c.ok()) return c.status();
    for (const AccountRecord& account : *a) {
      accounts.insert(account.id.str());
      const auto owned = tx.ListTokens(account.id);
      if (!owned.ok()) return owned.status();
      for (const TokenRecord& token : *owned) tokens.insert(token.id.str());
    }
    for (const ControlPlaneRecord& cp : *c) {
      control_planes.insert(cp.id.str());
      if (cp.id.str() < Uuid(kFirstControlPlane)) continue;
      made.push_back(System().In(cp.organization, cp.tenant, cp.id));
    }
    return absl::OkStatus();
  });
  if (!read.ok()) verdict.wrong.push_back(read.ToString());
  for (const model::TenantScope& cp : made) {
    if (List(store, cp, "Mesh").size() != 1) verdict.wrong.push_back("half a control plane");
  }

  const std::vector<int> known = std::move(directory_);
  bool later_may_be = true;  // of the requests left open only the first ones can be there
  directory_.clear();
  const auto is_there = [&](int number) {
    if (MakesControlPlane(number)) {
      return control_planes.contains(Uuid(kFirstControlPlane + number));
    }
    const bool account = accounts.contains(AccountOf(number).id.str());
    if (account != tokens.contains(TokenOf(number))) verdict.wrong.push_back("half an account");
    return account;
  };
  for (const int number : known) {
    if (is_there(number)) {
      directory_.push_back(number);
    } else {
      verdict.lost.push_back(fmt::format("directory request {}", number));
    }
  }
  for (const Request& request : since_check_) {
    if (!request.changes.empty()) continue;
    const bool there = is_there(request.number);
    if (there) directory_.push_back(request.number);
    if (request.answer == Answer::kAcknowledged && !there) {
      verdict.lost.push_back(fmt::format("directory request {}", request.number));
    }
    if (request.answer == Answer::kRefused && there) {
      verdict.wrong.push_back(fmt::format("directory request {} was refused", request.number));
    }
    if (request.answer != Answer::kOpen) continue;
    if (there && !later_may_be) verdict.wrong.push_back("directory requests out of order");
    later_may_be = there;
  }
}

History::Verdict History::Check(Store& store) {
  Verdict verdict;
  for (ControlPlane& cp : control_planes_) CheckRows(store, cp, verdict);
  CheckDirectory(store, verdict);
  since_check_.clear();
  return verdict;
}

std::string IntegrityOf(const std::string& database) {
  RawDatabase db(database);
  std::string found;
  for (const char* question : {"PRAGMA integrity_check", "PRAGMA foreign_key_check"}) {
    std::string error;
    const auto rows = db.TryQuery(question, error);
    if (!rows.has_value()) return error;
    for (const RawRow& row : *rows) {
      if (row[0] != "ok") found += fmt::format("{}; ", fmt::join(row, " "));
    }
  }
  return found;
}

}  // namespace skyden::store::testing
