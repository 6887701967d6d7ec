// Package dosesheet writes a patient's dose sheet (лист учёта дозовых нагрузок) for
// his record: as CSV and as pages to print.
package dosesheet
