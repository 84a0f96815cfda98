// SPDX-License-Identifier: Apache-2.0
// What zones of which version of Kuma refuse although this control plane takes it: known
// beforehand, so that whoever writes it is told at once. Nothing hangs on it: what a zone really
// does is in Verdicts. Only what is certain is in here.
#pragma once

#include <string>
#include <string_view>

#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/generations.h"

namespace skyden::kds {

// Is any rule about zones of this generation?
bool IsChoosy(resources::Generation generation);

// Why zones of this generation refuse the resource in the form in which they are told it, and what
// to do, as the second half of a sentence; empty when nothing is known against it.
std::string WhyRefused(resources::Generation generation, const model::TypeDescriptor& type,
                       const model::Resource& resource);

// Does a zone of this version ("2.14.3") take what follows a response that it refused for a
// difference, not for the whole state? Known of 2.14 and later; of Kuma 3 whatever it calls itself.
bool TakesDifferencesAfterRefusal(resources::Generation generation, std::string_view version);

}  // namespace skyden::kds
