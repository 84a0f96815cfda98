// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "fmt/format.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/metering.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

std::vector<std::string> List(Store& store, const model::OrganizationScope& scope,
                              model::TenantKey tenant, Hour from = 0, Hour to = 1'000'000) {
  std::vector<std::string> all;
  REQUIRE(MeteringOf(store)
              .List(scope, tenant, from, to,
                    [&](const MeteredHour& hour) {
                      CHECK(hour.tenant == tenant);
                      const Metered& used = hour.used;
                      all.push_back(fmt::format("{}: {} {} {} {}", hour.hour, used.zone_seconds,
                                                used.dataplane_seconds, used.writes, used.bytes));
                    })
              .ok());
  return all;
}

using Strings = std::vector<std::string>;

TEMPLATE_TEST_CASE("what was used is added to its hour, and read by hours", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Metering& metering = MeteringOf(w.store());
  const model::TenantKey tenant = w.cp.tenant();
  REQUIRE(metering
              .Add(w.organization, std::vector<MeteredHour>{{tenant, 9, {1, 2, 3, 4}},
                                                            {tenant, 7, {10, 0, 0, 0}},
                                                            {tenant, 9, {1, 1, 1, 1}}})
              .ok());
  REQUIRE(metering.Add(w.organization, std::vector<MeteredHour>{{tenant, 9, {100, 0, 5, 0}}}).ok());
  CHECK(List(w.store(), w.organization, tenant) == Strings{"7: 10 0 0 0", "9: 102 3 9 5"});
  CHECK(List(w.store(), w.organization, tenant, 8, 10) == Strings{"9: 102 3 9 5"});
  CHECK(List(w.store(), w.organization, tenant, 7, 9) == Strings{"7: 10 0 0 0"});
  w.engine.Close();
  w.engine.Reopen();
  Metering& again = MeteringOf(w.store());
  CHECK(List(w.store(), w.organization, tenant).size() == 2);
  CHECK(*again.Prune(w.organization, tenant, 9) == 1);
  CHECK(*again.Prune(w.organization, tenant, 9) == 0);
  CHECK(List(w.store(), w.organization, tenant) == Strings{"9: 102 3 9 5"});
}

TEMPLATE_TEST_CASE("what was used is its organization's and its control plane's alone",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Metering& metering = MeteringOf(w.store());
  const auto sibling = NewControlPlane(w.store(), w.organization, 2, "sibling");
  const auto stranger = NewOrganization(w.store(), 2);
  const auto foreign = NewControlPlane(w.store(), stranger, 3, "foreign");
  for (const auto& cp : {w.cp, sibling}) {
    REQUIRE(metering.Add(w.organization, std::vector<MeteredHour>{{cp.tenant(), 1, {1, 0, 0, 0}}})
                .ok());
  }
  REQUIRE(
      metering.Add(stranger, std::vector<MeteredHour>{{foreign.tenant(), 1, {7, 0, 0, 0}}}).ok());
  CHECK(List(w.store(), stranger, w.cp.tenant()).empty());
  CHECK(List(w.store(), w.organization, foreign.tenant()).empty());
  CHECK(*metering.Prune(stranger, w.cp.tenant(), 100) == 0);
  CHECK(*metering.Prune(w.organization, sibling.tenant(), 100) == 1);
  CHECK(List(w.store(), w.organization, w.cp.tenant()) == Strings{"1: 1 0 0 0"});
  CHECK(List(w.store(), stranger, foreign.tenant()) == Strings{"1: 7 0 0 0"});
}

TEMPLATE_TEST_CASE("what a deleted control plane used stays, with its name, until it is forgotten",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Metering& metering = MeteringOf(w.store());
  const auto kept = NewControlPlane(w.store(), w.organization, 2, "kept");
  const auto gone = NewControlPlane(w.store(), w.organization, 3, "gone");
  for (const auto& cp : {kept, gone}) {
    REQUIRE(metering.Add(w.organization, std::vector<MeteredHour>{{cp.tenant(), 1, {1, 0, 0, 0}}})
                .ok());
  }
  CHECK(metering.ListPast(w.organization)->empty());
  REQUIRE(w.store()
              .WriteDirectory(
                  w.organization,
                  [&](DirectoryTx& tx) {
                    return tx.ShelveControlPlane(kept.control_plane(), absl::FromUnixSeconds(50))
                        .status();
                  })
              .ok());
  REQUIRE(w.store()
              .WriteDirectory(w.organization,
                              [&](DirectoryTx& tx) {
                                return tx.DeleteControlPlane(gone.control_plane()).status();
                              })
              .ok());
  const auto past = metering.ListPast(w.organization);
  REQUIRE(past.ok());
  REQUIRE(past->size() == 2);
  CHECK((*past)[0].tenant == kept.tenant());
  CHECK((*past)[0].id == kept.control_plane());
  CHECK((*past)[0].name == "kept");
  CHECK((*past)[0].deleted_at == absl::FromUnixSeconds(50));
  CHECK((*past)[1].id == gone.control_plane());
  CHECK((*past)[1].deleted_at > absl::FromUnixSeconds(50));
  // What is counted for it after it is gone is there too.
  REQUIRE(metering.Add(w.organization, std::vector<MeteredHour>{{gone.tenant(), 2, {1, 0, 0, 0}}})
              .ok());
  CHECK(List(w.store(), w.organization, gone.tenant()).size() == 2);
  REQUIRE(metering.PrunePast(w.organization, absl::FromUnixSeconds(51)).ok());
  REQUIRE(metering.ListPast(w.organization)->size() == 1);
  CHECK(metering.ListPast(w.organization)->front().name == "gone");
}

TEMPLATE_TEST_CASE("an organization that ends leaves nothing of what was used",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Metering& metering = MeteringOf(w.store());
  const auto other = NewOrganization(w.store(), 2);
  const auto cp = NewControlPlane(w.store(), other, 2);
  REQUIRE(metering.Add(other, std::vector<MeteredHour>{{cp.tenant(), 1, {1, 0, 0, 0}}}).ok());
  REQUIRE(metering.Add(w.organization, std::vector<MeteredHour>{{w.cp.tenant(), 1, {1, 0, 0, 0}}})
              .ok());
  REQUIRE(w.store()
              .WriteDirectory(other,
                              [&](DirectoryTx& tx) {
                                return tx.DeleteControlPlane(cp.control_plane()).status();
                              })
              .ok());
  REQUIRE(w.store().EndOrganization(System(), other.organization(), absl::FromUnixSeconds(1)).ok());
  CHECK(List(w.store(), other, cp.tenant()).empty());
  CHECK(metering.ListPast(other)->empty());
  CHECK(List(w.store(), w.organization, w.cp.tenant()).size() == 1);
}

// Those of people and zones are: tests/insights/usage_meter_test.cc.
TEMPLATE_TEST_CASE("what the daemon itself writes is nobody's use", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Put(w.store(), w.cp, NewResource("MeshTimeout", "default", "of-the-daemon"));
  CHECK(MeteringOf(w.store()).TakeWritten().empty());
}

}  // namespace
}  // namespace skyden::store::testing
