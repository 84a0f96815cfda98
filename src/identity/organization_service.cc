// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/organization_service.h"

#include <utility>

#include "identity/errors.h"
#include "identity/managed.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/filters.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/directory_tx.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using store::OrganizationRecord;

constexpr char kAdministrator[] = "administrator";

class OrganizationServiceImpl final : public OrganizationService {
 public:
  explicit OrganizationServiceImpl(Deps deps) : deps_(deps) {}

  absl::StatusOr<Created> Create(const model::OrganizationScope& scope,
                                 const std::string& name) override {
    base::AssertMayBlock();
    SKYDEN_ASSIGN_OR_RETURN(const model::SystemScope system, Authenticator::EnterSystem(scope));
    Violations violations;
    CheckName("name", name, violations);
    SKYDEN_RETURN_IF_ERROR(BadFields(violations));
    SKYDEN_ASSIGN_OR_RETURN(const auto all, deps_.store.ListOrganizations(system));
    if (all.size() >= limits::kOrganizations) return TooMany("organizations");
    Created created;
    created.organization.id = model::OrganizationId(base::RandomUuid());
    created.organization.name = name;
    created.organization.created_at = created.organization.updated_at = deps_.clock.Now();
    SKYDEN_ASSIGN_OR_RETURN(created.organization.key,
                            deps_.store.InsertOrganization(system, created.organization));
    SKYDEN_RETURN_IF_ERROR(InsertAdministrator(system, created));
    return created;
  }

  absl::StatusOr<Page> List(const model::OrganizationScope& scope, size_t page_size,
                            size_t page_number,
                            const std::vector<model::TextFilter>& filters) override {
    SKYDEN_ASSIGN_OR_RETURN(const model::SystemScope system, Authenticator::EnterSystem(scope));
    Violations violations;
    CheckPage(page_size, page_number, violations);
    CheckFilters(OrganizationFilters(), filters, violations);
    SKYDEN_RETURN_IF_ERROR(BadFields(violations));
    SKYDEN_ASSIGN_OR_RETURN(const auto all, deps_.store.ListOrganizations(system));
    Page page;
    model::PageWindow window(page_size, page_number);
    const absl::Time now = deps_.clock.Now();
    for (const OrganizationRecord& one : all) {
      if (!model::PassesAll(one, OrganizationFilters(), filters, now)) continue;
      if (window.Shows()) page.items.push_back(one);
    }
    page.total = window.total();
    return page;
  }

  absl::StatusOr<OrganizationRecord> Get(const model::OrganizationScope& scope,
                                         const model::OrganizationId& id) override {
    SKYDEN_ASSIGN_OR_RETURN(const model::SystemScope system, Authenticator::EnterSystem(scope));
    SKYDEN_ASSIGN_OR_RETURN(const auto found, deps_.store.FindOrganization(system, id));
    if (!found) return OrganizationNotFound();
    return *found;
  }

  absl::Status Delete(const model::OrganizationScope& scope,
                      const model::OrganizationId& id) override {
    SKYDEN_ASSIGN_OR_RETURN(const OrganizationRecord found, Get(scope, id));
    if (found.key == scope.organization()) {
      return absl::FailedPreconditionError("an organization cannot be deleted from within");
    }
    SKYDEN_ASSIGN_OR_RETURN(const model::SystemScope system, Authenticator::EnterSystem(scope));
    SKYDEN_RETURN_IF_ERROR(EndKept(system.In(found.key)));
    return deps_.store.EndOrganization(system, found.key, deps_.clock.Now());
  }

  absl::StatusOr<OrganizationRecord> Mine(const model::OrganizationScope& scope) override {
    OrganizationRecord mine;
    const absl::Status stored =
        deps_.store.ReadDirectory(scope, [&mine](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(mine, tx.Organization());
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    return mine;
  }

 private:
  // Control planes that were deleted and could be had back are gone with their organization; they
  // stay while it has others, which keep it.
  absl::Status EndKept(const model::OrganizationScope& inside) const {
    return deps_.store.WriteDirectory(inside, [](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const auto there, tx.ListControlPlanes());
      if (!there.empty()) return absl::OkStatus();
      SKYDEN_ASSIGN_OR_RETURN(const auto kept, tx.ListDeletedControlPlanes());
      for (const store::DeletedControlPlane& one : kept) {
        SKYDEN_RETURN_IF_ERROR(tx.EndDeletedControlPlane(one.id));
      }
      return absl::OkStatus();
    });
  }

  absl::Status InsertAdministrator(const model::SystemScope& system, Created& created) {
    const absl::Time now = created.organization.created_at;
    created.administrator.id = model::AccountId(base::RandomUuid());
    created.administrator.name = kAdministrator;
    created.administrator.description = "Made with the organization";
    created.administrator.created_at = created.administrator.updated_at = now;
    store::RoleRecord role;
    role.id = model::RoleId(base::RandomUuid());
    role.account = created.administrator.id;
    role.role = model::Role::kAdmin;
    role.created_at = now;
    NewToken fresh = GenerateToken(TokenKind::kSystemAccount);
    store::TokenRecord& token = created.token.record;
    token.id = fresh.id;
    token.account = created.administrator.id;
    token.name = kAdministrator;
    token.sha256 = fresh.sha256;
    token.created_at = token.updated_at = now;
    token.expires_at = now + limits::kTokenLifeMax;
    created.token.text = std::move(fresh.text);
    return deps_.store.WriteDirectory(
        system.In(created.organization.key), [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_RETURN_IF_ERROR(tx.InsertAccount(created.administrator));
          SKYDEN_RETURN_IF_ERROR(tx.InsertRole(role));
          return tx.InsertToken(token);
        });
  }

  const Deps deps_;
};

}  // namespace

std::unique_ptr<OrganizationService> OrganizationService::Create(Deps deps) {
  return std::make_unique<OrganizationServiceImpl>(deps);
}

}  // namespace skyden::identity
