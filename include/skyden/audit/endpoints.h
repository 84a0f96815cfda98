// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace skyden::audit {

// Where organizations may have their audit sent.
enum class Endpoints {
  kOutside,   // https, and never this host or its link (net/reach.h)
  kAnywhere,  // those too, and http to this host
};

}  // namespace skyden::audit
