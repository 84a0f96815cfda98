// SPDX-License-Identifier: Apache-2.0
#include "tests/store/postgres_daemons.h"

#include <mutex>
#include <utility>

namespace skyden::store::testing {
namespace {

// A second is no promise on a busy machine: it is asked again, so often.
constexpr int kFreshTries = 60;

absl::Status AwaitFresh(Daemons& daemons) {
  absl::Status fresh;
  for (int tries = 0; tries < kFreshTries; ++tries) {
    fresh = daemons.Fresh();
    if (fresh.ok()) break;
  }
  return fresh;
}

}  // namespace

struct PostgresDaemons::Fatal {
  std::mutex mu;
  absl::Status status;
};

PostgresDaemons::PostgresDaemons(size_t count, const postgres::Blueprint& blueprint,
                                 absl::Duration given_up_after)
    : blueprint_(blueprint), given_up_after_(given_up_after), fatal_(count), stores_(count) {
  // The server of the tests keeps nothing in a power cut.
  blueprint_.checks.durability = postgres::SelfCheckScope::Durability::kNotAsked;
  for (size_t n = 0; n < count; ++n) Open(n);
}

void PostgresDaemons::Open(size_t n) {
  PostgresOptions options;
  options.logins = database_.logins();
  options.patience = absl::Seconds(30);
  options.silence = absl::Minutes(2);  // a busy machine's
  options.sharing = PostgresOptions::Sharing::kShared;
  options.about = "daemon " + std::to_string(n);
  options.given_up_after = given_up_after_;
  fatal_[n] = std::make_shared<Fatal>();
  options.on_fatal = [fatal = fatal_[n]](absl::Status status) {
    const std::scoped_lock lock(fatal->mu);
    fatal->status = std::move(status);
  };
  auto opened = postgres::OpenStore(std::move(options), Registry(), TestSealer(), blueprint_);
  INFO(opened.status());
  REQUIRE(opened.ok());
  stores_[n] = *std::move(opened);
}

void PostgresDaemons::Fresh(size_t n) {
  const absl::Status fresh = AwaitFresh(about(n));
  INFO(fresh);
  REQUIRE(fresh.ok());
}

absl::Status PostgresDaemons::fatal(size_t n) const {
  const std::scoped_lock lock(fatal_[n]->mu);
  return fatal_[n]->status;
}

void TwoDaemons::Close() {
  for (size_t n = 0; n < daemons_.size(); ++n) daemons_.Close(n);
}

void TwoDaemons::Reopen() {
  Close();
  for (size_t n = 0; n < daemons_.size(); ++n) daemons_.Open(n);
  front_ = std::make_unique<Front>(daemons_);
}

void TwoDaemons::Front::WriteAsync(const model::TenantScope& scope, WritePlan plan, WriteFn fn,
                                   WriteDone done) {
  daemons_[0].WriteAsync(scope, std::move(plan), std::move(fn),
                         [heard_by = &daemons_.about(1),
                          done = std::move(done)](absl::StatusOr<model::Revision> result) mutable {
                           if (result.ok()) {
                             if (absl::Status s = AwaitFresh(*heard_by); !s.ok()) result = s;
                           }
                           done(std::move(result));
                         });
}

absl::StatusOr<model::OrganizationKey> TwoDaemons::Front::InsertOrganization(
    const model::SystemScope& scope, const OrganizationRecord& organization) {
  auto key = daemons_[0].InsertOrganization(scope, organization);
  if (key.ok()) {
    if (absl::Status s = AwaitFresh(daemons_.about(1)); !s.ok()) return s;
  }
  return key;
}

absl::Status TwoDaemons::Front::Add(const model::OrganizationScope& scope,
                                    std::span<const MeteredHour> hours) {
  return MeteringOf(daemons_[0]).Add(scope, hours);
}
absl::Status TwoDaemons::Front::List(const model::OrganizationScope& scope, model::TenantKey tenant,
                                     Hour from, Hour to,
                                     absl::FunctionRef<void(const MeteredHour&)> fn) {
  return MeteringOf(daemons_[1]).List(scope, tenant, from, to, fn);
}
absl::StatusOr<std::vector<PastControlPlane>> TwoDaemons::Front::ListPast(
    const model::OrganizationScope& scope) {
  return MeteringOf(daemons_[1]).ListPast(scope);
}
absl::StatusOr<uint64_t> TwoDaemons::Front::Prune(const model::OrganizationScope& scope,
                                                  model::TenantKey tenant, Hour before) {
  return MeteringOf(daemons_[0]).Prune(scope, tenant, before);
}
absl::Status TwoDaemons::Front::PrunePast(const model::OrganizationScope& scope,
                                          absl::Time before) {
  return MeteringOf(daemons_[0]).PrunePast(scope, before);
}
std::vector<Metering::Written> TwoDaemons::Front::TakeWritten() {
  return MeteringOf(daemons_[0]).TakeWritten();
}

}  // namespace skyden::store::testing
