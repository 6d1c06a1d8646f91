#include "script/js/library.h"

#include <js/Initialization.h>

#include "script/js/allocation_guard.h"

namespace thingstead::script::js {

Library::Library() {
    if (!JS_Init())
        started_ = Error{ErrorCode::unsupported, "JavaScript cannot run here: JS_Init failed"};
    else
        started_ = install_allocation_guard();
}

Library::~Library() {
    // A thread that still runs at the end of the process would find the library gone.
    if (runtimes_ == 0) JS_ShutDown();
}

Result<Library*> Library::instance() {
    static Library library;
    if (!library.started_) return library.started_.error();
    return &library;
}

}  // namespace thingstead::script::js
