package desk

import (
	"context"
	"time"
)

// quotaSetting is where the size of the cache is kept, in GB.
const quotaSetting = "quota-gb"

// defaultQuota is the cache of a workstation that was never told otherwise.
const defaultQuota = 100

// QuotaGB is how many GB of files the cache may keep; 0 is no limit.
func (d *Desk) QuotaGB(ctx context.Context) (int, error) {
	gb := defaultQuota
	return gb, d.Store.Setting(ctx, quotaSetting, &gb)
}

// SetQuotaGB changes how many GB of files the cache may keep.
func (d *Desk) SetQuotaGB(ctx context.Context, gb int) error {
	if err := d.Store.SaveSetting(ctx, quotaSetting, max(0, gb)); err != nil {
		return err
	}
	return d.loadQuota(ctx)
}

func (d *Desk) loadQuota(ctx context.Context) error {
	gb, err := d.QuotaGB(ctx)
	d.Store.SetQuota(int64(gb) << 30)
	return err
}

// quotaEvery is how often the cache is held to its quota.
const quotaEvery = time.Minute

// keepQuota removes what was longest unused while the cache is too large.
func (d *Desk) keepQuota(ctx context.Context) {
	tick := time.NewTicker(quotaEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if evicted, err := d.Store.Evict(ctx); err != nil {
			d.Log.Error("the cache could not be held to its quota", "error", err)
		} else if len(evicted) > 0 {
			d.Log.Info("studies long unused left the cache", "studies", len(evicted))
		}
	}
}
