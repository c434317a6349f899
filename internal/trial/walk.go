package trial

import (
	"fmt"
	"reflect"
	"strings"
)

// maxDepth bounds the walk through a component's configuration.
const maxDepth = 24

// walk visits a component's configuration and every part of it, each with its YAML
// key. What visit is given can be changed, but for the values of maps.
func walk(config any, key string, visit func(value reflect.Value, key string)) {
	walkValue(reflect.ValueOf(config), key, maxDepth, visit)
}

func walkValue(v reflect.Value, key string, depth int, visit func(reflect.Value, string)) {
	if !v.IsValid() || depth == 0 {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walkValue(v.Elem(), key, depth-1, visit)
		}
	case reflect.Interface:
		if !v.IsNil() && v.Elem().Kind() == reflect.Pointer {
			walkValue(v.Elem(), key, depth-1, visit)
		}
	case reflect.Struct:
		if !v.CanAddr() {
			changeable := reflect.New(v.Type()).Elem()
			changeable.Set(v)
			v = changeable
		}
		if inner, ok := optional(v); ok {
			walkValue(inner, key, depth-1, visit)
			return
		}
		visit(v, key)
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				if name, ok := fieldKey(key, field); ok {
					walkValue(v.Field(i), name, depth-1, visit)
				}
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkValue(v.Index(i), fmt.Sprintf("%s::%d", key, i), depth-1, visit)
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			walkValue(entries.Value(), fmt.Sprintf("%s::%v", key, entries.Key()), depth-1, visit)
		}
	default:
		visit(v, key)
	}
}

// optional returns what a configoptional.Optional holds, of whatever type, or an
// invalid value.
func optional(v reflect.Value) (reflect.Value, bool) {
	if !strings.HasPrefix(v.Type().Name(), "Optional[") || !strings.HasSuffix(v.Type().PkgPath(), "/configoptional") {
		return reflect.Value{}, false
	}
	return v.Addr().MethodByName("Get").Call(nil)[0], true // nil where there is no value
}

// fieldKey is the key of a field, as mapstructure reads it.
func fieldKey(key string, field reflect.StructField) (string, bool) {
	name, flags, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
	switch {
	case name == "-" || strings.Contains(flags, "remain"):
		return "", false
	case strings.Contains(flags, "squash"):
		return key, true
	case name == "":
		name = strings.ToLower(field.Name)
	}
	return key + "::" + name, true
}
