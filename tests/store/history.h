// SPDX-License-Identifier: Apache-2.0
// Random requests to a store, what it answered, and whether what a store holds later can have come
// from them. For tests in which the store is cut off at some point.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/store/testing.h"

namespace skyden::store::testing {

// One organization with a few control planes. Thread-compatible; the same seed asks the same.
class History {
 public:
  explicit History(uint64_t seed) : random_(seed) {}

  // Makes the organization and its control planes. False when the store stopped half way: begin
  // again with another store and History.
  bool SetUp(Store& store);

  // Submits `requests` in one go, so that the writer finds them waiting together, and waits for the
  // answers. The same requests make the same batches, whatever the threads do.
  void Play(Store& store, int requests);

  struct Verdict {
    std::vector<std::string> lost;   // acknowledged and not there
    std::vector<std::string> wrong;  // anything else that should not be
  };
  // Compares with what `store` holds now: what was acknowledged, then any number of those requests
  // whose answer left it open, in order, each whole. Takes what is there as known from now on.
  Verdict Check(Store& store);

  int acknowledged() const { return acknowledged_; }
  int refused() const { return refused_; }  // with nothing written, says the contract
  int open() const { return open_; }        // nobody knows
  // The first answer of each kind: messages are looked at by a person.
  const std::map<absl::StatusCode, std::string>& answers() const { return answers_; }

 private:
  struct Row {
    std::string spec;
    model::Revision revision = 0;
    friend bool operator==(const Row&, const Row&) = default;
  };
  using Key = std::pair<std::string, model::ResourceKey>;  // type, key
  struct ControlPlane {
    explicit ControlPlane(model::TenantScope s) : scope(std::move(s)) {}
    model::TenantScope scope;
    model::Revision revision = 0;
    std::map<Key, Row> rows;
  };
  // Puts (with a spec) and deletes, in order, as one request.
  using Changes = std::vector<std::pair<Key, std::optional<std::string>>>;
  enum class Answer { kAcknowledged, kRefused, kOpen };
  struct Request {
    size_t control_plane = 0;  // index; for directory requests unused
    Changes changes;           // empty: a directory request
    int number = 0;            // of a directory request: what it makes is named after it
    bool thinks_better = false;
    Answer answer = Answer::kOpen;
  };

  Request NewRequest();
  void Submit(Store& store, Request& request, absl::AnyInvocable<void(absl::Status)> done);
  void Take(Request& request, const absl::Status& status);
  static void Apply(ControlPlane& cp, const Changes& changes);
  void CheckRows(Store& store, ControlPlane& cp, Verdict& verdict);
  void CheckDirectory(Store& store, Verdict& verdict);
  std::map<Key, Row> ReadRows(Store& store, const ControlPlane& cp, Verdict& verdict);

  std::mt19937_64 random_;
  std::optional<model::OrganizationScope> organization_;
  std::vector<ControlPlane> control_planes_;
  std::vector<Request> since_check_;
  std::vector<int> directory_;  // numbers of the directory requests that are there
  int next_number_ = 1;
  int acknowledged_ = 0;
  int refused_ = 0;
  int open_ = 0;
  std::map<absl::StatusCode, std::string> answers_;
};

// What SQLite itself finds wrong with a closed store's file; empty when nothing is.
std::string IntegrityOf(const std::string& database);

}  // namespace skyden::store::testing
