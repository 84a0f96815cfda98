// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "skyden/store/directory_tx.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::store::testing {

// Hands every call on: for tests that put a hand on some. Thread-safe as far as what it stands
// before is.
class ForwardingStore : public Store {
 public:
  explicit ForwardingStore(Store& inner) : inner_(inner) {}

  absl::Status Read(const model::TenantScope& scope,
                    absl::FunctionRef<absl::Status(ReadTx&)> fn) override {
    return inner_.Read(scope, fn);
  }
  void WriteAsync(const model::TenantScope& scope, WritePlan plan, WriteFn fn,
                  WriteDone done) override {
    inner_.WriteAsync(scope, std::move(plan), std::move(fn), std::move(done));
  }
  absl::Status ReadDirectory(const model::OrganizationScope& scope,
                             absl::FunctionRef<absl::Status(DirectoryReadTx&)> fn) override {
    return inner_.ReadDirectory(scope, fn);
  }
  void WriteDirectoryAsync(const model::OrganizationScope& scope, DirectoryWriteFn fn,
                           DirectoryWriteDone done) override {
    inner_.WriteDirectoryAsync(scope, std::move(fn), std::move(done));
  }
  absl::StatusOr<std::optional<TokenOwner>> FindToken(const model::SystemScope& scope,
                                                      const model::TokenId& id) override {
    return inner_.FindToken(scope, id);
  }
  absl::StatusOr<std::optional<ControlPlaneRecord>> FindControlPlane(
      const model::SystemScope& scope, const model::ControlPlaneId& id) override {
    return inner_.FindControlPlane(scope, id);
  }
  absl::StatusOr<std::vector<OperatorRef>> ListOperators(const model::SystemScope& scope) override {
    return inner_.ListOperators(scope);
  }
  absl::StatusOr<std::vector<OrganizationRecord>> ListOrganizations(
      const model::SystemScope& scope) override {
    return inner_.ListOrganizations(scope);
  }
  absl::StatusOr<model::OrganizationKey> InsertOrganization(
      const model::SystemScope& scope, const OrganizationRecord& organization) override {
    return inner_.InsertOrganization(scope, organization);
  }
  absl::StatusOr<std::optional<OrganizationRecord>> FindOrganization(
      const model::SystemScope& scope, const model::OrganizationId& id) override {
    return inner_.FindOrganization(scope, id);
  }
  absl::Status EndOrganization(const model::SystemScope& scope, model::OrganizationKey organization,
                               absl::Time at) override {
    return inner_.EndOrganization(scope, organization, at);
  }
  std::unique_ptr<Subscription> Subscribe(std::optional<model::TenantKey> tenant,
                                          absl::AnyInvocable<void(const Change&)> fn) override {
    return inner_.Subscribe(tenant, std::move(fn));
  }
  uint64_t position() const override { return inner_.position(); }
  std::unique_ptr<Subscription> SubscribeAudit(
      absl::AnyInvocable<void(const AuditGrowth&)> fn) override {
    return inner_.SubscribeAudit(std::move(fn));
  }
  absl::Status Health() const override { return inner_.Health(); }
  absl::Status Writable() override { return inner_.Writable(); }
  std::string_view epoch() const override { return inner_.epoch(); }
  Counters counters() const override { return inner_.counters(); }

 private:
  Store& inner_;
};

}  // namespace skyden::store::testing
