/* Owns the words of the model's enums and the life of its structs. */
#include "profile/model.h"
