// SPDX-License-Identifier: Apache-2.0
// Organizations, as the operator of the daemon manages them and as their members see their own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/identity/token_service.h"

namespace skyden::identity {

// All there are, as long as they are there.
inline constexpr char kOrganizationState[] = "active";

// Thread-safe; blocks (AssertMayBlock). All but Mine needs an operator (PERMISSION_DENIED).
class OrganizationService {
 public:
  using Deps = AccountService::Deps;
  static std::unique_ptr<OrganizationService> Create(Deps deps);
  virtual ~OrganizationService() = default;

  // With a first system account that administrates it: nobody else could come in.
  struct Created {
    store::OrganizationRecord organization;
    store::AccountRecord administrator;
    IssuedToken token;
  };
  virtual absl::StatusOr<Created> Create(const model::OrganizationScope& scope,
                                         const std::string& name) = 0;
  // Ordered by creation; `page_number` from 1.
  struct Page {
    uint64_t total = 0;
    std::vector<store::OrganizationRecord> items;
  };
  virtual absl::StatusOr<Page> List(const model::OrganizationScope& scope, size_t page_size,
                                    size_t page_number,
                                    const std::vector<model::TextFilter>& filters) = 0;
  virtual absl::StatusOr<store::OrganizationRecord> Get(const model::OrganizationScope& scope,
                                                        const model::OrganizationId& id) = 0;
  // FAILED_PRECONDITION while it owns control planes, or when it is the caller's own. Its tokens
  // end at once.
  virtual absl::Status Delete(const model::OrganizationScope& scope,
                              const model::OrganizationId& id) = 0;

  // The caller's own.
  virtual absl::StatusOr<store::OrganizationRecord> Mine(const model::OrganizationScope& scope) = 0;
};

}  // namespace skyden::identity
