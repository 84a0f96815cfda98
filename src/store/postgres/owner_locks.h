// SPDX-License-Identifier: Apache-2.0
// What requests of one transaction lock against other daemons that write: taken together as the
// transaction begins, in one order that all keep to, so that nobody waits in a circle.
//
// Who writes in a control plane has it alone, and its organization with others. Who is told of in
// the audit has the organization alone, whose entries are counted there; so has who writes the
// organization's own rows.
#pragma once

#include <cstdint>
#include <map>

#include "store/postgres/arrays.h"
#include "store/rows/batch.h"

namespace skyden::store::postgres {

class OwnerLocks {
 public:
  void Add(const rows::WriteRequest& request);
  bool empty() const { return locks_.empty(); }

  // As parameters of ControlId::kHoldOwners.
  struct Arrays {
    ArrayValue keys;
    ArrayValue alone;
  };
  Arrays arrays() const;

 private:
  std::map<int64_t, bool> locks_;  // key -> alone
};

}  // namespace skyden::store::postgres
