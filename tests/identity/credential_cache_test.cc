// SPDX-License-Identifier: Apache-2.0
#include "identity/credential_cache.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "identity/lru_cache.h"
#include "skyden/identity/access_change.h"
#include "skyden/store/change.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/env/test_store.h"
#include "tests/store/forwarding_store.h"
#include "tests/store/second_daemon.h"

namespace skyden::identity {
namespace {

TEST_CASE("the least recently used entry leaves a full cache") {
  LruCache<int, std::string> cache(2);
  const auto text = [](const char* s) { return std::make_shared<const std::string>(s); };
  cache.Put(1, text("one"));
  cache.Put(2, text("two"));
  REQUIRE(cache.Find(1) != nullptr);
  CHECK(*cache.Put(3, text("three")) == "two");
  CHECK(cache.size() == 2);
  CHECK(cache.Find(2) == nullptr);
  CHECK(*cache.Find(1) == "one");
  CHECK(*cache.Find(3) == "three");
  CHECK(*cache.Put(1, text("uno")) == "one");
  CHECK(*cache.Find(1) == "uno");
  CHECK(cache.size() == 2);
  cache.EraseIf([](const std::string& s) { return s == "uno"; });
  CHECK(cache.Find(1) == nullptr);
  CHECK(*cache.Erase(3) == "three");
  CHECK(cache.Erase(3) == nullptr);
  CHECK(cache.size() == 0);
}

// A store that runs something between the read and its return, as a concurrent revocation would.
class InterruptedStore final : public store::testing::ForwardingStore {
 public:
  InterruptedStore(store::Store& inner, std::function<void()> between)
      : ForwardingStore(inner), between_(std::move(between)) {}

  absl::StatusOr<std::optional<store::TokenOwner>> FindToken(const model::SystemScope& scope,
                                                             const model::TokenId& id) override {
    auto found = ForwardingStore::FindToken(scope, id);
    if (between_) std::exchange(between_, nullptr)();
    return found;
  }
  absl::StatusOr<std::optional<store::ControlPlaneRecord>> FindControlPlane(
      const model::SystemScope& scope, const model::ControlPlaneId& id) override {
    auto found = ForwardingStore::FindControlPlane(scope, id);
    if (between_) std::exchange(between_, nullptr)();
    return found;
  }

 private:
  std::function<void()> between_;
};

TEST_CASE("a read that was under way when its token was revoked is not kept") {
  TestStore store;
  const auto organization = store.NewOrganization("default");
  const auto token = store.NewToken(organization, model::Role::kAdmin);
  InterruptedStore interrupted(*store, [&] {
    REQUIRE(store
                ->WriteDirectory(TestStore::Organization(organization),
                                 [&](store::DirectoryTx& tx) {
                                   return tx.RevokeToken(token.record.id,
                                                         absl::FromUnixSeconds(1'700'000'000));
                                 })
                .ok());
  });
  CredentialCache cache(interrupted);
  // The read began before the revocation, so it may still see the token as good...
  const auto before = cache.Token(token.record.id);
  REQUIRE(before.ok());
  CHECK_FALSE((*before)->owner.token.revoked_at.has_value());
  // ...but nobody after it does.
  const auto after = cache.Token(token.record.id);
  REQUIRE(after.ok());
  CHECK((*after)->owner.token.revoked_at.has_value());
}

TEST_CASE("a read that was under way when its control plane was deleted is not kept") {
  TestStore store;
  const auto organization = store.NewOrganization("default");
  const auto control_plane = store.NewControlPlane(organization, "one");
  InterruptedStore interrupted(*store, [&] {
    REQUIRE(store
                ->WriteDirectory(TestStore::Organization(organization),
                                 [&](store::DirectoryTx& tx) {
                                   return tx.DeleteControlPlane(control_plane.id).status();
                                 })
                .ok());
  });
  CredentialCache cache(interrupted);
  REQUIRE(*cache.ControlPlane(control_plane.id) != nullptr);
  CHECK(*cache.ControlPlane(control_plane.id) == nullptr);
}

// A cache of one daemon, while another one writes.
struct TwoDaemons {
  TestStore store;
  store::testing::SecondDaemon here{*store};
  CredentialCache cache{here};
  const model::OrganizationKey organization = store.NewOrganization("default");
  const store::ControlPlaneRecord control_plane = store.NewControlPlane(organization, "one");
  const TestStore::Token token = store.NewToken(organization, model::Role::kAdmin, &control_plane);
  const TestStore::Token other = store.NewToken(organization, model::Role::kAdmin);
  const TestStore::Token zone =
      store.NewToken(organization, model::Role::kConnector, &control_plane, "zone-1");

  TwoDaemons() {
    here.Hear();
    Known(token), Known(other), Known(zone);
    REQUIRE(*cache.ControlPlane(control_plane.id) != nullptr);
  }
  std::shared_ptr<const KnownToken> Known(const TestStore::Token& of) {
    return cache.Token(of.record.id).value();
  }
  void There(store::Store::DirectoryWriteFn fn) {
    REQUIRE(store->WriteDirectory(TestStore::Organization(organization), std::move(fn)).ok());
  }
  // What is known of the others is not read again.
  bool KeepsOthers() {
    const uint64_t reads = store->counters().reads;
    return Known(other) != nullptr && store->counters().reads == reads;
  }
};

TEST_CASE("another daemon's revocation, roles and accounts are seen once they are heard of") {
  TwoDaemons env;
  const auto roles = [&] { return env.Known(env.token)->owner.roles.size(); };
  SECTION("revoked") {
    const auto revoked = [&] { return env.Known(env.token)->owner.token.revoked_at.has_value(); };
    env.There([&](store::DirectoryTx& tx) {
      return tx.RevokeToken(env.token.record.id, absl::FromUnixSeconds(1'700'000'000));
    });
    CHECK_FALSE(revoked());
    env.here.Hear();
    CHECK(revoked());
  }
  SECTION("a role is gone") {
    env.There([&](store::DirectoryTx& tx) {
      return tx.DeleteRole(env.token.account.id, env.token.role);
    });
    CHECK(roles() == 1);
    env.here.Hear();
    CHECK(roles() == 0);
  }
  SECTION("not active any more") {
    store::AccountRecord account = env.token.account;
    account.active = false;
    env.There([&](store::DirectoryTx& tx) { return tx.UpdateAccount(account); });
    CHECK(env.Known(env.token)->owner.account.active);
    env.here.Hear();
    CHECK_FALSE(env.Known(env.token)->owner.account.active);
  }
  SECTION("the account is gone") {
    env.There([&](store::DirectoryTx& tx) { return tx.DeleteAccount(env.token.account.id); });
    CHECK(env.Known(env.token) != nullptr);
    env.here.Hear();
    CHECK(env.Known(env.token) == nullptr);
  }
  CHECK(env.KeepsOthers());
  // A journal may say it twice.
  env.here.HearAgain();
  CHECK(env.Known(env.other) != nullptr);
}

TEST_CASE("what becomes of a control plane at another daemon is seen once it is heard of") {
  TwoDaemons env;
  const auto known = [&] { return *env.cache.ControlPlane(env.control_plane.id); };
  SECTION("suspended") {
    env.There([&](store::DirectoryTx& tx) {
      return tx.SetSuspension(env.control_plane.id,
                              store::Suspension{absl::FromUnixSeconds(1'700'000'000), {}, ""});
    });
    CHECK_FALSE(known()->suspension.has_value());
    env.here.Hear();
    CHECK(known()->suspension.has_value());
  }
  SECTION("renamed, which is nothing here") {
    store::ControlPlaneRecord record = env.control_plane;
    record.name = "another";
    env.There([&](store::DirectoryTx& tx) { return tx.UpdateControlPlane(record); });
    const auto before = known();
    env.here.Hear();
    CHECK(known() == before);
  }
  SECTION("deleted, with its zones' credentials and the roles on it") {
    env.There([&](store::DirectoryTx& tx) {
      return tx.DeleteControlPlane(env.control_plane.id).status();
    });
    CHECK(env.Known(env.zone) != nullptr);
    CHECK(env.Known(env.token)->owner.roles.size() == 1);
    env.here.Hear();
    CHECK(known() == nullptr);
    CHECK(env.Known(env.zone) == nullptr);
    CHECK(env.Known(env.token)->owner.roles.empty());
  }
  SECTION("its zone was deleted") {
    REQUIRE(env.store
                ->Write(TestStore::Tenant(env.control_plane),
                        [](store::WriteTx& tx) {
                          return tx.DeleteZoneCredentials(model::ZoneName("zone-1")).status();
                        })
                .ok());
    CHECK(env.Known(env.zone) != nullptr);
    env.here.Hear();
    CHECK(env.Known(env.zone) == nullptr);
  }
  CHECK(env.KeepsOthers());
}

TEST_CASE("an organization that another daemon ended is not known any more") {
  TwoDaemons env;
  const auto theirs = env.store.NewOrganization("theirs");
  const auto token = env.store.NewToken(theirs, model::Role::kAdmin);
  env.here.Hear();
  REQUIRE(env.Known(token) != nullptr);
  REQUIRE(env.store
              ->EndOrganization(model::SystemScope::For("test"), theirs,
                                absl::FromUnixSeconds(1'700'000'000))
              .ok());
  CHECK(env.Known(token) != nullptr);
  env.here.Hear();
  CHECK(env.Known(token) == nullptr);
  CHECK(env.KeepsOthers());
}

TEST_CASE("when nobody knows what was missed, everything that it may be is read again") {
  TwoDaemons env;
  env.There([&](store::DirectoryTx& tx) {
    absl::Status done = tx.DeleteRole(env.token.account.id, env.token.role);
    if (!done.ok()) return done;
    return tx.SetSuspension(env.control_plane.id,
                            store::Suspension{absl::FromUnixSeconds(1'700'000'000), {}, ""});
  });
  const auto seen = [&] {
    return env.Known(env.token)->owner.roles.empty() &&
           (*env.cache.ControlPlane(env.control_plane.id))->suspension.has_value();
  };
  CHECK_FALSE(seen());
  SECTION("of the control plane") {
    env.here.Hear(
        {.organization = env.organization, .tenant = env.control_plane.tenant, .all = true});
    CHECK(env.KeepsOthers());
  }
  SECTION("of the organization") { env.here.Hear({.organization = env.organization, .all = true}); }
  SECTION("of all") { env.here.HearThatSomethingWasMissed(); }
  CHECK(seen());
}

TEST_CASE("a notice about somebody else costs nobody a read") {
  TwoDaemons env;
  env.here.Hear({.organization = model::OrganizationKey{99}, .all = true});
  env.here.Hear({.organization = env.organization, .tenant = model::TenantKey{99}, .all = true});
  env.here.Hear({.organization = env.organization, .accounts = {model::AccountId("nobody")}});
  env.here.Hear({.organization = env.organization,
                 .tenant = env.control_plane.tenant,
                 .types = {model::TypeId{1}},
                 .revision = 9});
  const uint64_t reads = env.store->counters().reads;
  env.Known(env.token), env.Known(env.zone), env.Known(env.other);
  REQUIRE(*env.cache.ControlPlane(env.control_plane.id) != nullptr);
  CHECK(env.store->counters().reads == reads);
}

TEST_CASE("who holds what is told apart from who does not") {
  const model::AccountId account("account");
  const std::optional<model::TokenId> token = model::TokenId("token");
  const model::OrganizationKey ours{1};
  const model::TenantKey here{11};
  const model::TenantKey there{12};
  using Self = store::Change::Self;
  const auto meant = [&](const store::Change& change) {
    return MayEndAccess(change) && MayEndAccessOf({ours, here, account, token}, change);
  };
  CHECK(meant({.organization = ours, .tokens = {*token}}));
  CHECK(meant({.organization = ours, .accounts = {account}}));
  CHECK(meant({.organization = ours, .tenant = here, .self = Self::kTerms}));
  CHECK(meant({.organization = ours, .tenant = here, .all = true}));
  CHECK(meant({.organization = ours, .self = Self::kGone, .all = true}));
  CHECK(meant({.all = true}));
  CHECK_FALSE(meant({.organization = ours, .tokens = {model::TokenId("another")}}));
  CHECK_FALSE(meant({.organization = ours, .tenant = there, .self = Self::kGone}));
  CHECK_FALSE(meant({.organization = ours, .tenant = there, .all = true}));
  CHECK_FALSE(meant({.organization = ours, .tenant = here, .self = Self::kDescribed}));
  CHECK_FALSE(
      meant({.organization = ours, .tenant = here, .types = {model::TypeId{1}}, .revision = 1}));
  CHECK_FALSE(
      meant({.organization = model::OrganizationKey{2}, .accounts = {account}, .all = true}));
}

}  // namespace
}  // namespace skyden::identity
