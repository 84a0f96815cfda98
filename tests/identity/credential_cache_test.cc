// SPDX-License-Identifier: Apache-2.0
#include "identity/credential_cache.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "identity/lru_cache.h"
#include "tests/identity/test_store.h"
#include "tests/store/forwarding_store.h"

namespace skyden::identity {
namespace {

TEST_CASE("the least recently used entry leaves a full cache") {
  LruCache<int, std::string> cache(2);
  const auto text = [](const char* s) { return std::make_shared<const std::string>(s); };
  cache.Put(1, text("one"));
  cache.Put(2, text("two"));
  REQUIRE(cache.Find(1) != nullptr);
  cache.Put(3, text("three"));
  CHECK(cache.size() == 2);
  CHECK(cache.Find(2) == nullptr);
  CHECK(*cache.Find(1) == "one");
  CHECK(*cache.Find(3) == "three");
  cache.Put(1, text("uno"));
  CHECK(*cache.Find(1) == "uno");
  CHECK(cache.size() == 2);
  cache.EraseIf([](const std::string& s) { return s == "uno"; });
  CHECK(cache.Find(1) == nullptr);
  cache.Erase(3);
  cache.Erase(3);
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
  CredentialCache* cache_to_tell = nullptr;
  InterruptedStore interrupted(*store, [&] {
    REQUIRE(store
                ->WriteDirectory(TestStore::Organization(organization),
                                 [&](store::DirectoryTx& tx) {
                                   return tx.RevokeToken(token.record.id,
                                                         absl::FromUnixSeconds(1'700'000'000));
                                 })
                .ok());
    cache_to_tell->Forget({token.record.id});
  });
  CredentialCache cache(interrupted);
  cache_to_tell = &cache;
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
  CredentialCache* cache_to_tell = nullptr;
  InterruptedStore interrupted(*store, [&] {
    REQUIRE(store
                ->WriteDirectory(TestStore::Organization(organization),
                                 [&](store::DirectoryTx& tx) {
                                   return tx.DeleteControlPlane(control_plane.id).status();
                                 })
                .ok());
    cache_to_tell->Forget(control_plane.id, control_plane.tenant);
  });
  CredentialCache cache(interrupted);
  cache_to_tell = &cache;
  REQUIRE(*cache.ControlPlane(control_plane.id) != nullptr);
  CHECK(*cache.ControlPlane(control_plane.id) == nullptr);
}

}  // namespace
}  // namespace skyden::identity
