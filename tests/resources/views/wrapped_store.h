// SPDX-License-Identifier: Apache-2.0
// A real store with a hand on its reads.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "skyden/store/store.h"

namespace skyden::resources::testing {

// Forwards everything; thread-safe as far as its hooks are.
class WrappedStore final : public store::Store {
 public:
  explicit WrappedStore(store::Store& inner) : inner_(inner) {}

  std::function<void()> before_read = [] {};      // on the reader's thread, before it reads
  std::function<void()> after_read = [] {};       // and after
  std::atomic<bool> changes_out_of_range{false};  // ListChanges says the tombstones are gone
  std::atomic<int> reads{0};

  absl::Status Read(const model::TenantScope& scope,
                    absl::FunctionRef<absl::Status(store::ReadTx&)> fn) override {
    ++reads;
    before_read();
    const absl::Status status = inner_.Read(scope, [&](store::ReadTx& tx) {
      Tx wrapped(tx, changes_out_of_range);
      return fn(wrapped);
    });
    after_read();
    return status;
  }
  void WriteAsync(const model::TenantScope& scope, WriteFn fn, WriteDone done) override {
    inner_.WriteAsync(scope, std::move(fn), std::move(done));
  }
  absl::Status ReadDirectory(const model::OrganizationScope& scope,
                             absl::FunctionRef<absl::Status(store::DirectoryReadTx&)> fn) override {
    return inner_.ReadDirectory(scope, fn);
  }
  void WriteDirectoryAsync(const model::OrganizationScope& scope, DirectoryWriteFn fn,
                           DirectoryWriteDone done) override {
    inner_.WriteDirectoryAsync(scope, std::move(fn), std::move(done));
  }
  absl::StatusOr<std::optional<store::TokenOwner>> FindToken(const model::SystemScope& scope,
                                                             const model::TokenId& id) override {
    return inner_.FindToken(scope, id);
  }
  absl::StatusOr<std::optional<store::ControlPlaneRecord>> FindControlPlane(
      const model::SystemScope& scope, const model::ControlPlaneId& id) override {
    return inner_.FindControlPlane(scope, id);
  }
  absl::StatusOr<std::vector<store::OperatorRef>> ListOperators(
      const model::SystemScope& scope) override {
    return inner_.ListOperators(scope);
  }
  absl::StatusOr<std::vector<store::OrganizationRecord>> ListOrganizations(
      const model::SystemScope& scope) override {
    return inner_.ListOrganizations(scope);
  }
  absl::StatusOr<model::OrganizationKey> InsertOrganization(
      const model::SystemScope& scope, const store::OrganizationRecord& organization) override {
    return inner_.InsertOrganization(scope, organization);
  }
  absl::StatusOr<std::optional<store::OrganizationRecord>> FindOrganization(
      const model::SystemScope& scope, const model::OrganizationId& id) override {
    return inner_.FindOrganization(scope, id);
  }
  absl::StatusOr<std::vector<model::TokenId>> EndOrganization(const model::SystemScope& scope,
                                                              model::OrganizationKey organization,
                                                              absl::Time at) override {
    return inner_.EndOrganization(scope, organization, at);
  }
  std::unique_ptr<store::Subscription> Subscribe(
      std::optional<model::TenantKey> tenant,
      absl::AnyInvocable<void(const store::Change&)> fn) override {
    return inner_.Subscribe(tenant, std::move(fn));
  }
  std::unique_ptr<store::Subscription> SubscribeAudit(
      absl::AnyInvocable<void(model::OrganizationKey, uint64_t)> fn) override {
    return inner_.SubscribeAudit(std::move(fn));
  }
  absl::Status Health() const override { return inner_.Health(); }
  absl::Status Writable() override { return inner_.Writable(); }
  std::string_view epoch() const override { return inner_.epoch(); }
  Counters counters() const override { return inner_.counters(); }

 private:
  class Tx final : public store::ReadTx {
   public:
    Tx(store::ReadTx& inner, bool out_of_range) : inner_(inner), out_of_range_(out_of_range) {}
    absl::StatusOr<model::Revision> CurrentRevision() override { return inner_.CurrentRevision(); }
    absl::StatusOr<store::ControlPlaneRecord> ControlPlane() override {
      return inner_.ControlPlane();
    }
    absl::StatusOr<std::optional<model::Resource>> FindResource(
        model::TypeId type, const model::ResourceKey& key) override {
      return inner_.FindResource(type, key);
    }
    absl::StatusOr<std::vector<model::Resource>> ListResources(
        model::TypeId type, const std::optional<std::string>& mesh) override {
      return inner_.ListResources(type, mesh);
    }
    absl::StatusOr<std::vector<model::Resource>> ListResourcesOfZone(
        model::TypeId type, const model::ZoneName& zone) override {
      return inner_.ListResourcesOfZone(type, zone);
    }
    absl::StatusOr<std::vector<model::Resource>> ListChanges(model::TypeId type,
                                                             model::Revision since) override {
      if (out_of_range_) return absl::OutOfRangeError("collected");
      return inner_.ListChanges(type, since);
    }
    absl::StatusOr<uint64_t> CountResources(model::TypeId type,
                                            const std::optional<std::string>& mesh) override {
      return inner_.CountResources(type, mesh);
    }
    absl::StatusOr<std::vector<store::ResourceCount>> ListCounts() override {
      return inner_.ListCounts();
    }
    absl::StatusOr<std::vector<store::PendingKey>> ListPendingKeys() override {
      return inner_.ListPendingKeys();
    }
    absl::StatusOr<store::AuditPage> ListAudit(const store::AuditQuery& query) override {
      return inner_.ListAudit(query);
    }

   private:
    store::ReadTx& inner_;
    const bool out_of_range_;
  };

  store::Store& inner_;
};

}  // namespace skyden::resources::testing
