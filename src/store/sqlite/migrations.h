// SPDX-License-Identifier: Apache-2.0
// The schema, as the steps that lead to it. Compiled in from schema/sql.
#pragma once

#include <span>

#include "store/migration.h"

namespace skyden::store::sqlite {

std::span<const Migration> EmbeddedMigrations();

}  // namespace skyden::store::sqlite
