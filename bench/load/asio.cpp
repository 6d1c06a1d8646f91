// The one translation unit that carries Asio's separately compiled parts into ts-load.
#include <boost/asio/impl/src.hpp>
