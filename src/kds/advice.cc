// SPDX-License-Identifier: Apache-2.0
// By a part of the reason that no other reason has. Reasons come from several modules; what they
// have in common is that a person reads them, so their words are what there is to go by.
#include "kds/advice.h"

#include <array>

namespace skyden::kds {
namespace {

struct Advice {
  std::string_view about;
  std::string_view text;
};

constexpr std::array kAdvice = {
    Advice{"presented no token",
           "Provision the zone (skyden zone provision) and configure it with the global address "
           "that this prints."},
    Advice{"no credential",
           "Provision the zone (skyden zone provision) and configure it with the global address "
           "that this prints; check that no proxy takes the `authorization` header away."},
    Advice{"more than one authorization",
           "Let either the zone or the proxy in front of it add the authorization header."},
    Advice{"not a complete token", "Copy the token again, whole, without quotes or line breaks."},
    Advice{"is not known",
           "Provision the zone again and use the new token; the old one cannot come back."},
    Advice{"expired", "Issue a new token for the zone; check the clock of both machines."},
    Advice{"was revoked", "Issue a new token for the zone if it should still connect."},
    Advice{"does not say which control plane",
           "Use the global address grpcs://<control plane id>:<token>@host:port."},
    Advice{"not a control plane's id",
           "Use the global address grpcs://<control plane id>:<token>@host:port, with the id that "
           "skyden cp list shows."},
    Advice{"does not belong to the control plane",
           "Either the id or the token in the zone's global address is another control plane's: "
           "take both from the same skyden zone provision."},
    Advice{"the token belongs to zone",
           "Set KUMA_MULTIZONE_ZONE_NAME to the zone that the token was made for, or provision "
           "this zone a token of its own."},
    Advice{"lacks the scope", "Issue the zone token with the scope cp."},
    Advice{"role may not connect", "Use the token of skyden zone provision, or of a Connector."},
    Advice{"did not say its name", "Check that no proxy takes the `client-id` header away."},
    Advice{"name is not valid", "Rename the zone: lower-case letters, digits and dashes."},
    Advice{"not valid for this control plane",
           "Issue the zone token again, at this control plane (skyden token zone)."},
    Advice{"came through a proxy",
           "Let the zone connect without the proxy, or run skyden zone-agent beside it, which puts "
           "the token into a header."},
    Advice{"zones whose address carries the token",
           "Let each zone connect by itself, or run skyden zone-agent beside it."},
    Advice{"sign in with one here",
           "Run skyden zone-agent beside the zone, which puts the token into a header."},
    Advice{"client-id header", "One zone, one connection: connect each zone by itself."},
    Advice{"suspended", "Resume the control plane (skyden cp resume)."},
};

constexpr std::string_view kOtherwise =
    "Compare the zone's name, global address and token with what skyden zone provision printed.";

}  // namespace

std::string AdviceOn(std::string_view reason) {
  for (const Advice& advice : kAdvice) {
    if (reason.find(advice.about) != std::string_view::npos) return std::string(advice.text);
  }
  return std::string(kOtherwise);
}

}  // namespace skyden::kds
