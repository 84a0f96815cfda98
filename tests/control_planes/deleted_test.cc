// SPDX-License-Identifier: Apache-2.0
// Control planes that were deleted and are kept, and who takes away what was kept long enough.
#include <catch2/catch.hpp>

#include "skyden/base/limits.h"
#include "skyden/base/limits_past.h"
#include "skyden/control_planes/housekeeping.h"
#include "tests/control_planes/fixture.h"

namespace skyden::control_planes {
namespace {

constexpr absl::Duration kKept = absl::Hours(24);

CreateControlPlane Named(std::string name) {
  CreateControlPlane request;
  request.name = std::move(name);
  return request;
}

struct Keeping : Fixture {
  Keeping() {
    service = ControlPlaneService::Create(
        {*store, clock,
         [this](store::WriteTx& tx, const store::ControlPlaneRecord&) {
           return Put(tx, "Mesh", "default");
         },
         [](const model::TenantScope&) -> absl::StatusOr<std::vector<std::string>> {
           return std::vector<std::string>();
         },
         kKept});
  }

  store::ControlPlaneRecord Deleted(const std::string& name) {
    const auto admin = As(model::Role::kAdmin);
    const auto made = Create(admin, Named(name));
    REQUIRE(made.ok());
    REQUIRE(service->Delete(admin, made->id).ok());
    clock.Advance(absl::Seconds(1));
    return *made;
  }
  std::vector<store::DeletedControlPlane> Kept() {
    const auto all = service->ListDeleted(As(model::Role::kAdmin));
    REQUIRE(all.ok());
    return *all;
  }
  absl::Status KeepHouse() { return control_planes::KeepHouse({*store, clock, kKept, kKept}); }
};

TEST_CASE("a deleted control plane is kept for so long, and then goes", "[control_planes]") {
  Keeping env;
  const auto first = env.Deleted("first");
  env.clock.Advance(absl::Hours(12));
  const auto second = env.Deleted("second");
  REQUIRE(env.KeepHouse().ok());
  CHECK(env.Kept().size() == 2);
  env.clock.Advance(absl::Hours(12));
  REQUIRE(env.KeepHouse().ok());
  REQUIRE(env.Kept().size() == 1);
  CHECK(env.Kept()[0].id == second.id);
  const auto admin = env.As(model::Role::kAdmin);
  CHECK(absl::IsNotFound(env.service->Undelete(admin, first.id, "").status()));
  CHECK(env.service->Undelete(admin, second.id, "").ok());
  CHECK(env.Has(second, "Mesh", "default"));
  CHECK(env.KeepHouse().ok());
}

TEST_CASE("names are free at once, and who comes back takes one that is", "[control_planes]") {
  Keeping env;
  const auto admin = env.As(model::Role::kAdmin);
  const std::string long_name(base::limits::kControlPlaneNameChars, 'n');
  for (const std::string& name : {std::string("same"), long_name}) {
    const auto one = env.Deleted(name);
    const auto two = env.Deleted(name);
    REQUIRE(env.Create(admin, Named(name)).ok());
    const auto first = env.service->Undelete(admin, one.id, "");
    REQUIRE(first.ok());
    const auto second = env.service->Undelete(admin, two.id, "");
    REQUIRE(second.ok());
    CHECK(first->name.ends_with("-restored"));
    CHECK(second->name.ends_with("-restored-2"));
    CHECK(second->name.size() <= base::limits::kControlPlaneNameChars);
    CHECK(env.service->Get(admin, two.id)->name == second->name);
  }
  const auto third = env.Deleted("third");
  CHECK(env.service->Undelete(admin, third.id, "").value().name == "third");
}

TEST_CASE("who administrates no organization knows of none that were deleted", "[control_planes]") {
  Keeping env;
  const auto one = env.Deleted("one");
  for (const model::Role role :
       {model::Role::kViewer, model::Role::kCreator, model::Role::kConnector}) {
    CHECK(absl::IsPermissionDenied(env.service->ListDeleted(env.As(role)).status()));
    CHECK(absl::IsPermissionDenied(env.service->Undelete(env.As(role), one.id, "").status()));
  }
  const auto admin = env.As(model::Role::kAdmin);
  CHECK(absl::IsPermissionDenied(env.service->Purge(admin, one.id)));
  CHECK(absl::IsInvalidArgument(
      env.service->Undelete(admin, one.id, std::string(200, 'x')).status()));
  CHECK(env.service->Purge(env.As(model::Role::kOperator), one.id).ok());
  CHECK(env.Kept().empty());
}

TEST_CASE("who makes and deletes all day keeps no more than so many", "[control_planes]") {
  Keeping env;
  const auto admin = env.As(model::Role::kAdmin);
  const auto first = env.Deleted("0");
  for (size_t i = 1; i < base::limits::kDeletedControlPlanes; ++i) {
    const auto made = env.Create(admin, Named("x"));
    REQUIRE(made.ok());
    REQUIRE(env.service->Delete(admin, made->id).ok());
  }
  CHECK(env.Kept().size() == base::limits::kDeletedControlPlanes);
  CHECK(env.Kept().front().id == first.id);
  env.Deleted("one more");
  CHECK(env.Kept().size() == base::limits::kDeletedControlPlanes);
  CHECK(env.Kept().front().id != first.id);
}

TEST_CASE("what people wrote goes once it is old", "[control_planes]") {
  Keeping env;
  const auto admin = env.As(model::Role::kAdmin);
  const auto made = env.Create(admin, Named("x"));
  REQUIRE(made.ok());
  const auto scope = TestStore::Tenant(*made);
  const auto oldest = [&] {
    store::HistorySpan span;
    REQUIRE(env.store
                ->Read(scope,
                       [&](store::ReadTx& tx) -> absl::Status {
                         const auto found = tx.FindHistorySpan();
                         if (found.ok()) span = *found;
                         return found.status();
                       })
                .ok());
    return span.oldest;
  };
  REQUIRE(env.KeepHouse().ok());
  CHECK(oldest() == 0);
  // The store's own clock says when a change was made.
  REQUIRE(control_planes::KeepHouse({*env.store, env.clock, absl::ZeroDuration(), kKept}).ok());
  CHECK(oldest() == 0);
  env.clock.Advance(absl::Now() - env.clock.Now() + absl::Hours(48));
  REQUIRE(env.KeepHouse().ok());
  CHECK(oldest() == 1);
}

}  // namespace
}  // namespace skyden::control_planes
