// SPDX-License-Identifier: Apache-2.0
#include "tests/store/play.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "fmt/format.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/script.h"

namespace skyden::store::testing {
namespace {

constexpr uint64_t kSeed = 4711;

// A page of entries from each of several places.
std::string Pages(Store& store, const model::OrganizationScope& scope, AuditQuery query,
                  uint64_t from) {
  std::string out;
  query.limit = 3;
  for (query.beyond = from; *query.beyond < 60; *query.beyond += 7) {
    const auto ask = [&](DirectoryReadTx& tx) -> absl::Status {
      const auto page = tx.ListAudit(query);
      if (!page.ok()) return page.status();
      for (const AuditEntry& entry : page->entries) {
        out += fmt::format("from {}: {} {}\n", *query.beyond, entry.place, entry.sequence);
      }
      return absl::OkStatus();
    };
    store.ReadDirectory(scope, ask).IgnoreError();
  }
  return out;
}

// What the audit of an organization holds, pruned on the way. Only at the end: two of the scripts
// share an organization, and would see each other's entries go.
std::string AskOfAudit(Store& store, const model::OrganizationScope& scope) {
  std::string out;
  std::vector<AuditChainRef> chains;
  const auto ask = [&](DirectoryReadTx& tx) -> absl::Status {
    chains = tx.ListAuditChains().value_or(chains);
    for (const AuditChainRef& each : chains) {
      out += fmt::format("chain of {}\n", each.control_plane.str());
      for (const uint64_t place : {20, 60, 100}) {
        const auto entry = tx.FindAuditUpTo(each.chain, place);
        if (!entry.ok() || !entry->has_value()) continue;
        out += fmt::format("up to {}: {}\n", place, (*entry)->sequence);
      }
      const auto marks = tx.ListAuditMarks(each.chain);
      if (!marks.ok()) return marks.status();
      for (const AuditMark& mark : *marks) {
        out += fmt::format("mark {} {}\n", mark.name, mark.sequence);
      }
    }
    return absl::OkStatus();
  };
  store.ReadDirectory(scope, ask).IgnoreError();
  const auto prune = [&](DirectoryTx& tx) -> absl::Status {
    for (const AuditChainRef& each : chains) {
      const auto removed = tx.PruneAudit(each.chain, /*through=*/20, /*at_most=*/10);
      if (!removed.ok()) return removed.status();
      out += fmt::format("removed {}\n", *removed);
    }
    return absl::OkStatus();
  };
  store.WriteDirectory(scope, prune).IgnoreError();
  const auto measure = [&out](DirectoryReadTx& tx) -> absl::Status {
    for (const uint64_t bytes : {300, 3000, 30000}) {
      out += fmt::format("beyond {}\n", tx.FindAuditBeyond(bytes).value_or(0));
    }
    return absl::OkStatus();
  };
  store.ReadDirectory(scope, measure).IgnoreError();
  AuditQuery query;
  out += Pages(store, scope, query, 30);
  query.order = AuditQuery::Order::kOldestFirst;
  return out + Pages(store, scope, query, 21);
}

// Of an organization that has entries of a control plane and none of its own.
std::string AskOfChains(Store& store) {
  const auto third = NewOrganization(store, 3);
  const auto inside = NewControlPlane(store, third, 5);
  const auto tell = [](WriteTx& tx) {
    tx.Audit({absl::UnixEpoch(), "test.note", "Thing", "x", ""});
    return absl::OkStatus();
  };
  store.Write(inside, tell).IgnoreError();
  std::string out;
  const auto count = [&out](DirectoryReadTx& tx) -> absl::Status {
    const auto there = tx.ListAuditChains();
    if (there.ok()) out += fmt::format("{} chains\n", there->size());
    return there.status();
  };
  store.ReadDirectory(third, count).IgnoreError();
  return out;
}

// Each write is followed by a step of removing what deleted control planes left.
void RemoveWhatIsLeft(Store& store, const model::OrganizationScope& scope) {
  const auto last = NewControlPlane(store, scope, 4);
  for (int i = 0; i < 100; ++i) {
    store.Write(last, [](WriteTx&) { return absl::OkStatus(); }).IgnoreError();
  }
}

}  // namespace

Told Play(Store& store, int steps, const Told* expected) {
  const auto first = NewOrganization(store, 1);
  const auto second = NewOrganization(store, 2);
  std::vector<Script> scripts;
  scripts.emplace_back(store, first, NewControlPlane(store, first, 1), kSeed, 1'000'000);
  scripts.emplace_back(store, first, NewControlPlane(store, first, 2), kSeed + 1, 2'000'000);
  scripts.emplace_back(store, second, NewControlPlane(store, second, 3), kSeed, 3'000'000);
  std::vector<size_t> heard(scripts.size());
  const auto as_expected = [&](size_t n) {
    const std::string& told = scripts[n].transcript();
    const size_t from = std::exchange(heard[n], told.size());
    return expected == nullptr ||
           told.compare(from, std::string::npos, (*expected)[n], from, told.size() - from) == 0;
  };
  Told told(scripts.size() + 1);
  const auto take = [&] {
    for (size_t n = 0; n < scripts.size(); ++n) told[n] = scripts[n].transcript();
    return told;
  };
  for (int i = 0; i < steps; ++i) {
    for (size_t n = 0; n < scripts.size(); ++n) {
      scripts[n].Step();
      if (!as_expected(n)) return take();
    }
  }
  for (Script& script : scripts) script.ReadAll();
  told.back() = AskOfAudit(store, second) + AskOfChains(store);
  RemoveWhatIsLeft(store, second);
  return take();
}

std::optional<std::string> Apart(absl::FunctionRef<std::string()> fn) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::fflush(nullptr);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    freopen("/dev/null", "w", stderr);
    freopen("/dev/null", "w", stdout);
    std::string answer;
    try {
      answer = fn();
    } catch (...) {  // a failed REQUIRE
      _exit(1);
    }
    const bool told =
        write(ends[1], answer.data(), answer.size()) == static_cast<ssize_t>(answer.size());
    _exit(told ? 0 : 1);
  }
  close(ends[1]);
  std::string answer;
  char some[4096];
  for (ssize_t n = 0; (n = read(ends[0], some, sizeof some)) > 0;) {
    answer.append(some, static_cast<size_t>(n));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return answer;
}

}  // namespace skyden::store::testing
