// SPDX-License-Identifier: Apache-2.0
// What the lists of this module can be filtered by: every member that the REST edge shows, under
// the name it has there.
#pragma once

#include "skyden/identity/account_service.h"
#include "skyden/model/list_filter.h"
#include "skyden/store/records.h"

namespace skyden::identity {

const model::Filterable<store::OrganizationRecord>& OrganizationFilters();
const model::Filterable<store::AccountRecord>& AccountFilters(AccountKind kind);
const model::Filterable<store::RoleRecord>& RoleFilters();
const model::Filterable<store::TokenRecord>& TokenFilters(AccountKind kind);

}  // namespace skyden::identity
