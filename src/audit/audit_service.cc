// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/audit_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "audit/chain_check.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::audit {
namespace {

constexpr size_t kPiece = 1000;

absl::Status OnlyAdministrators(bool is_one) {
  return is_one ? absl::OkStatus()
                : absl::PermissionDeniedError("only administrators may read the audit");
}

absl::Status CheckMay(const model::OrganizationScope& scope) {
  return OnlyAdministrators(scope.access().Administrates());
}

absl::Status CheckMay(const model::TenantScope& scope) {
  return OnlyAdministrators(scope.role() == model::Role::kAdmin ||
                            scope.role() == model::Role::kOperator);
}

absl::Status CheckQuery(const store::AuditQuery& query) {
  if (query.limit >= 1 && query.limit <= size_t{base::limits::kPageSizeMax}) {
    return absl::OkStatus();
  }
  std::string reason = fmt::format("must be from 1 to {}", base::limits::kPageSizeMax);
  return base::WithViolations(absl::InvalidArgumentError(fmt::format("page size: {}", reason)),
                              {{"page[size]", std::move(reason)}});
}

}  // namespace

absl::StatusOr<store::AuditPage> AuditService::List(const model::OrganizationScope& scope,
                                                    const store::AuditQuery& query) const {
  SKYDEN_RETURN_IF_ERROR(CheckMay(scope));
  SKYDEN_RETURN_IF_ERROR(CheckQuery(query));
  store::AuditPage page;
  SKYDEN_RETURN_IF_ERROR(
      store_.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(page, tx.ListAudit(query));
        return absl::OkStatus();
      }));
  return page;
}

absl::StatusOr<store::AuditPage> AuditService::List(const model::TenantScope& scope,
                                                    const store::AuditQuery& query) const {
  SKYDEN_RETURN_IF_ERROR(CheckMay(scope));
  SKYDEN_RETURN_IF_ERROR(CheckQuery(query));
  store::AuditPage page;
  SKYDEN_RETURN_IF_ERROR(store_.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(page, tx.ListAudit(query));
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<Verification> AuditService::Verify(const model::OrganizationScope& scope) const {
  SKYDEN_RETURN_IF_ERROR(CheckMay(scope));
  std::vector<store::AuditChainRef> chains;
  Verification found;
  SKYDEN_RETURN_IF_ERROR(
      store_.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(chains, tx.ListAuditChains());
        SKYDEN_ASSIGN_OR_RETURN(const auto own, tx.ListAuditMarks({}));
        found.problem = CheckChains(chains, own);
        return absl::OkStatus();
      }));
  KnownControlPlanes known;
  for (const store::AuditChainRef& chain : chains) {
    if (!found.intact()) break;
    SKYDEN_RETURN_IF_ERROR(VerifyChain(scope, chain, known, found));
  }
  return found;
}

absl::Status AuditService::VerifyChain(const model::OrganizationScope& scope,
                                       const store::AuditChainRef& chain, KnownControlPlanes& known,
                                       Verification& found) const {
  std::optional<ChainCheck> check;
  store::AuditQuery query;
  query.order = store::AuditQuery::Order::kOldestFirst;
  query.limit = kPiece;
  query.chain = chain.chain;
  for (bool more = true; more;) {
    const auto piece = [&](store::DirectoryReadTx& tx) -> absl::Status {
      if (!check.has_value()) {  // at the same point in time as the first entry
        SKYDEN_ASSIGN_OR_RETURN(const auto marks, tx.ListAuditMarks(chain.chain));
        check.emplace(chain.chain, marks, known);
      }
      SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage page, tx.ListAudit(query));
      for (const store::AuditEntry& entry : page.entries) {
        more = check->Add(entry);
        if (!more) break;
      }
      more = more && page.next.has_value();
      query.beyond = page.next;
      return absl::OkStatus();
    };
    SKYDEN_RETURN_IF_ERROR(store_.ReadDirectory(scope, piece));
  }
  Verification of_chain = check->Finish();
  if (of_chain.entries > 0) {
    found.first = found.entries == 0 ? of_chain.first : std::min(found.first, of_chain.first);
    found.last = std::max(found.last, of_chain.last);
  }
  found.entries += of_chain.entries;
  found.at_sequence = of_chain.at_sequence;
  found.problem = std::move(of_chain.problem);
  if (!found.intact() && chain.chain != model::TenantKey{}) {
    const std::string& id = chain.control_plane.str();
    found.problem =
        fmt::format("control plane {}: {}", id.empty() ? "without entries" : id, found.problem);
  }
  return absl::OkStatus();
}

absl::StatusOr<AuditService::Found> AuditService::Find(const model::OrganizationScope& scope,
                                                       const model::ControlPlaneId& control_plane,
                                                       uint64_t sequence) const {
  SKYDEN_RETURN_IF_ERROR(CheckMay(scope));
  Found found;
  const auto read = [&](store::DirectoryReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto chains, tx.ListAuditChains());
    const auto chain = std::find_if(chains.begin(), chains.end(), [&](const auto& each) {
      return each.control_plane == control_plane &&
             control_plane.empty() == (each.chain == model::TenantKey{});
    });
    if (chain == chains.end()) return absl::OkStatus();
    store::AuditQuery query;
    query.chain = chain->chain;
    query.limit = 1;
    SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage newest, tx.ListAudit(query));
    if (!newest.entries.empty()) found.last = newest.entries.front().sequence;
    query.beyond = sequence + 1;
    SKYDEN_ASSIGN_OR_RETURN(store::AuditPage page, tx.ListAudit(query));
    if (!page.entries.empty() && page.entries.front().sequence == sequence) {
      found.entry = std::move(page.entries.front());
    }
    SKYDEN_ASSIGN_OR_RETURN(const auto marks, tx.ListAuditMarks(chain->chain));
    for (const store::AuditMark& mark : marks) {
      if (mark.name == store::kAuditBegin) found.removed = mark.sequence;
    }
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(store_.ReadDirectory(scope, read));
  return found;
}

absl::StatusOr<std::vector<store::AuditEntry>> AuditService::FindUpTo(
    const model::OrganizationScope& scope, uint64_t place) const {
  SKYDEN_RETURN_IF_ERROR(CheckMay(scope));
  std::vector<store::AuditEntry> found;
  const auto read = [&](store::DirectoryReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto chains, tx.ListAuditChains());
    for (const store::AuditChainRef& each : chains) {
      SKYDEN_ASSIGN_OR_RETURN(auto entry, tx.FindAuditUpTo(each.chain, place));
      if (entry.has_value()) {
        found.push_back(*std::move(entry));
        continue;
      }
      SKYDEN_ASSIGN_OR_RETURN(const auto marks, tx.ListAuditMarks(each.chain));
      for (const store::AuditMark& mark : marks) {
        if (mark.name == store::kAuditBegin) {
          return absl::FailedPreconditionError(
              "retention has removed entries of then; expect a later place");
        }
      }
    }
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(store_.ReadDirectory(scope, read));
  return found;
}

}  // namespace skyden::audit
