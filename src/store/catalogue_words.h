// SPDX-License-Identifier: Apache-2.0
// Short words for the tables of the catalogue; for its parts only.
#pragma once

#include "store/statement.h"

namespace skyden::store::catalogue {

using enum StatementId;
inline constexpr Owner kTenant = Owner::kTenant;
inline constexpr Owner kOrganization = Owner::kOrganization;
inline constexpr Owner kSystem = Owner::kSystem;
inline constexpr Reach kSeek = Reach::kSeek;
inline constexpr Reach kScan = Reach::kScan;
inline constexpr bool kBoth = true;     // readers and the writer
inline constexpr bool kWriter = false;  // the writer only

}  // namespace skyden::store::catalogue
