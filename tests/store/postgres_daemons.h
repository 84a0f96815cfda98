// SPDX-License-Identifier: Apache-2.0
// Daemons that have one database open beside each other, in one process.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "absl/time/time.h"
#include "skyden/store/daemons.h"
#include "skyden/store/metering.h"
#include "tests/store/forwarding_store.h"
#include "tests/store/postgres_engine.h"

namespace skyden::store::testing {

class PostgresDaemons {
 public:
  // A busy machine's daemons are given up late.
  explicit PostgresDaemons(size_t count, const postgres::Blueprint& blueprint = {},
                           absl::Duration given_up_after = absl::Minutes(2));

  Store& operator[](size_t n) { return *stores_[n]; }
  Daemons& about(size_t n) { return *DaemonsOf(*stores_[n]); }
  // Fails the test when it does not come to be.
  void Fresh(size_t n);
  size_t size() const { return stores_.size(); }
  void Open(size_t n);
  void Close(size_t n) { stores_[n].reset(); }
  const PostgresDatabase& database() const { return database_; }
  // What on_fatal was told.
  absl::Status fatal(size_t n) const;

 private:
  struct Fatal;
  const PostgresDatabase database_;
  postgres::Blueprint blueprint_;
  const absl::Duration given_up_after_;
  std::vector<std::shared_ptr<Fatal>> fatal_;
  std::vector<std::unique_ptr<Store>> stores_;
};

// Two of them as one store, for the promises of store.h: what control planes hold is written at the
// first and read at the second, organizations' rows are written at the second; subscribers are the
// second's, and hear of what the first wrote before the answer goes out, as a fresh read would have
// it.
class TwoDaemons {
 public:
  TwoDaemons() : daemons_(2), front_(std::make_unique<Front>(daemons_)) {}
  Store& store() { return *front_; }
  void Close();
  void Reopen();

 private:
  class Front final : public ForwardingStore, public Metering {
   public:
    explicit Front(PostgresDaemons& daemons) : ForwardingStore(daemons[1]), daemons_(daemons) {}
    void WriteAsync(const model::TenantScope& scope, WritePlan plan, WriteFn fn,
                    WriteDone done) override;
    absl::StatusOr<model::OrganizationKey> InsertOrganization(
        const model::SystemScope& scope, const OrganizationRecord& organization) override;

    absl::Status Add(const model::OrganizationScope& scope,
                     std::span<const MeteredHour> hours) override;
    absl::Status List(const model::OrganizationScope& scope, model::TenantKey tenant, Hour from,
                      Hour to, absl::FunctionRef<void(const MeteredHour&)> fn) override;
    absl::StatusOr<std::vector<PastControlPlane>> ListPast(
        const model::OrganizationScope& scope) override;
    absl::StatusOr<uint64_t> Prune(const model::OrganizationScope& scope, model::TenantKey tenant,
                                   Hour before) override;
    absl::Status PrunePast(const model::OrganizationScope& scope, absl::Time before) override;
    std::vector<Written> TakeWritten() override;

   private:
    PostgresDaemons& daemons_;
  };

  PostgresDaemons daemons_;
  std::unique_ptr<Front> front_;
};

}  // namespace skyden::store::testing
