#include "policy/client_class.h"

#include <algorithm>

namespace portcullis {

bool ClientClass::in_force_on(ListenerIndex listener) const {
  return listeners.empty() || std::ranges::find(listeners, listener) != listeners.end();
}

}  // namespace portcullis
