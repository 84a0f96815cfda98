// SPDX-License-Identifier: Apache-2.0
#include "skyden/net/arrivals.h"

#include "skyden/net/address.h"

namespace skyden::net {

Arrivals::Arrivals(const base::Clock& clock, OffenceLog& log, const base::limits::Rate& of_address)
    : clock_(clock),
      log_(log),
      places_(clock, {of_address.per_second, of_address.burst, base::limits::kArrivalAddresses}) {}

bool Arrivals::Admit(std::string_view ip) {
  if (!places_.enabled()) return true;
  if (places_.Take(AddressKey(ip)) <= absl::ZeroDuration()) return true;
  refused_.fetch_add(1);
  log_.Note(ip, "new connections too fast", clock_.Monotonic());
  return false;
}

}  // namespace skyden::net
