// SPDX-License-Identifier: Apache-2.0
// The promises of store.h, for every engine. An engine is a default-constructible class with
// store(), Close() and Reopen() (which keeps what was acknowledged). To add one, add its name here.
// Those that need a server stand in programs of their own, of the same files.
#pragma once

#ifdef SKYDEN_STORE_ON_POSTGRES
#include "tests/store/postgres_engine.h"
#define SKYDEN_STORE_ENGINES skyden::store::testing::PostgresEngine
#elif defined(SKYDEN_STORE_ON_TWO_DAEMONS)
#include "tests/store/postgres_daemons.h"
#define SKYDEN_STORE_ENGINES skyden::store::testing::TwoDaemons
#else
#include "tests/store/testing.h"
#define SKYDEN_STORE_ENGINES skyden::store::testing::SqliteEngine
#endif

namespace skyden::store::testing {

// An engine with one organization and one control plane.
template <class Engine>
struct World {
  World()
      : organization(NewOrganization(store(), 1)), cp(NewControlPlane(store(), organization, 1)) {}
  Store& store() { return engine.store(); }

  Engine engine;
  model::OrganizationScope organization;
  model::TenantScope cp;
};

}  // namespace skyden::store::testing
