// SPDX-License-Identifier: Apache-2.0
// A tenant at work: a long row of random operations, and a transcript of everything it was told.
// The same seed does the same, whatever others do in the same store.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "tests/store/testing.h"

namespace skyden::store::testing {

class Script {
 public:
  // `first_id`: where its own ids (accounts, tokens, further control planes) begin; ids are made by
  // the program, so two scripts never share them. Everything else they do share.
  Script(Store& store, model::OrganizationScope organization, model::TenantScope scope,
         uint64_t seed, int first_id);

  // One operation inside the control plane, or sometimes in its organization.
  void Step();
  // Every read there is, once.
  void ReadAll();
  const std::string& transcript() const { return transcript_; }
  int steps() const { return steps_; }

 private:
  uint64_t Below(uint64_t n) { return random_() % n; }
  std::string Pick(const std::vector<std::string>& from) { return from[Below(from.size())]; }
  model::Resource RandomResource();
  model::ResourceKey RandomKey(const std::string& type);
  void Say(const std::string& text);
  void Say(const std::string& what, const absl::Status& status);
  void Say(const std::string& what, const std::vector<model::Resource>& resources);

  void PutSome();
  void DeleteOne();
  void DeleteMany();
  void Rollback();
  void ReadOne();
  void ReadChanges();
  void Pending();
  void Credentials();
  void Roles();
  void Teams();
  void Sending();
  void Endings();
  void Tokens();
  void Organizations();
  void ZoneCredentials();
  void Directory();
  void ControlPlanes();
  void Audit();
  void PruneAudit();
  void History();
  void Deleted();
  void Rollouts();
  void Usage();
  void Say(const std::string& what, const absl::StatusOr<AuditPage>& page);

  Store& store_;
  model::OrganizationScope organization_;
  model::TenantScope scope_;
  std::mt19937_64 random_;
  int next_id_;
  int steps_ = 0;
  model::Revision revision_ = 0;
  std::vector<AccountRecord> accounts_;
  std::vector<AccountRecord> teams_;
  std::vector<model::TokenId> tokens_;
  std::vector<model::TenantScope> control_planes_;
  std::string transcript_;
};

}  // namespace skyden::store::testing
