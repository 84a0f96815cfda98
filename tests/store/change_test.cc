// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/change.h"

#include <catch2/catch.hpp>
#include <string>

#include "store/change_hub.h"

namespace skyden::store {
namespace {

using Self = Change::Self;

constexpr model::OrganizationKey kOurs{1};
constexpr model::OrganizationKey kOthers{2};
constexpr model::TenantKey kOne{11};
constexpr model::TenantKey kTwo{12};
constexpr model::TypeId kMesh{3};
constexpr model::TypeId kZone{7};

TEST_CASE("a change names types, or any when nobody knows which", "[store]") {
  const Change known{.organization = kOurs, .tenant = kOne, .types = {kMesh}, .revision = 5};
  CHECK(known.Names(kMesh));
  CHECK_FALSE(known.Names(kZone));
  const Change unknown{.organization = kOurs, .tenant = kOne, .revision = 5};
  CHECK(unknown.Names(kMesh));
  const Change other{.organization = kOurs, .tenant = kOne, .self = Self::kDescribed};
  CHECK_FALSE(other.Names(kMesh));
  const Change all{.organization = kOurs, .tenant = kOne, .all = true};
  CHECK(all.Names(kMesh));
}

TEST_CASE("a change is of one control plane, or of all of an organization, or of all", "[store]") {
  const Change one{.organization = kOurs, .tenant = kOne, .all = true};
  CHECK(one.IsOf(kOurs, kOne));
  CHECK_FALSE(one.IsOf(kOurs, kTwo));
  const Change ours{.organization = kOurs, .all = true};
  CHECK(ours.IsOf(kOurs, kTwo));
  CHECK_FALSE(ours.IsOf(kOthers, kTwo));
  const Change directory{.organization = kOurs, .self = Self::kDescribed};
  CHECK_FALSE(directory.IsOf(kOurs, kOne));
  const Change everything{.all = true};
  CHECK(everything.IsOf(kOthers, kTwo));
}

TEST_CASE("what requests changed of one owner becomes one change, sorted", "[store]") {
  ChangeBatch batch;
  batch.Add({.organization = kOurs, .tenant = kOne, .types = {kZone}, .revision = 4});
  batch.Add({.organization = kOurs});  // nothing
  batch.Add({.organization = kOurs, .accounts = {model::AccountId("b"), model::AccountId("a")}});
  batch.Add({.organization = kOthers, .tokens = {model::TokenId("z"), model::TokenId("y")}});
  batch.Add({.organization = kOurs,
             .tenant = kOne,
             .types = {kMesh, kZone},
             .revision = 3,
             .self = Self::kTerms,
             .keys_promised = true,
             .rollouts = true,
             .tokens = {model::TokenId("t")}});
  batch.Add({.organization = kOurs, .tenant = kOne, .self = Self::kDescribed});
  batch.Add({.organization = kOurs, .accounts = {model::AccountId("b")}});
  REQUIRE(batch.all().size() == 3);
  const Change& tenant = batch.all()[0];
  CHECK(tenant.types == std::vector<model::TypeId>{kMesh, kZone});
  CHECK(tenant.revision == 4);
  CHECK(tenant.self == Self::kTerms);
  CHECK(tenant.keys_promised);
  CHECK(tenant.NamesRollouts());
  CHECK(tenant.Names(model::TokenId("t")));
  CHECK_FALSE(tenant.all);
  const Change& organization = batch.all()[1];
  CHECK(organization.accounts ==
        std::vector<model::AccountId>{model::AccountId("a"), model::AccountId("b")});
  CHECK(batch.all()[2].organization == kOthers);
  CHECK(batch.all()[2].Names(model::TokenId("z")));
}

TEST_CASE("a change of any type stays one, whatever it is put together with", "[store]") {
  ChangeBatch batch;
  batch.Add({.organization = kOurs, .tenant = kOne, .types = {kMesh}, .revision = 4});
  batch.Add({.organization = kOurs, .tenant = kOne, .revision = 5});
  batch.Add({.organization = kOurs, .tenant = kOne, .types = {kMesh}, .revision = 6});
  REQUIRE(batch.all().size() == 1);
  CHECK(batch.all()[0].Names(kZone));
  CHECK(batch.all()[0].revision == 6);
}

TEST_CASE("who listens is told once, caches first, and of all by a change of all", "[store]") {
  ChangeHub hub;
  std::string told;
  const auto listen = [&](std::optional<model::TenantKey> tenant, const char* name) {
    return hub.Subscribe(tenant, [&told, name](const Change&) { told += name; });
  };
  const auto one = listen(kOne, "1");
  const auto first = listen(std::nullopt, "a");
  const auto two = listen(kTwo, "2");
  const auto second = listen(std::nullopt, "b");
  const auto hears = [&](const Change& change) {
    told.clear();
    hub.Publish(change);
    return told;
  };
  CHECK(hears({.organization = kOurs, .tenant = kOne, .types = {kMesh}, .revision = 1}) == "ab1");
  CHECK(hears({.organization = kOurs, .self = Self::kDescribed}) == "ab");
  const std::string all = hears({.all = true});
  CHECK((all == "ab12" || all == "ab21"));
  CHECK(hub.position() == 3);
}

}  // namespace
}  // namespace skyden::store
